/** An open question: the reader writes, compares with the model answer, and says what their own words name. */

import { button, disable, make, notice, one } from "./dom.js";
import { store } from "./store.js";
import { styled } from "./style.js";

/** @typedef {import("./question.js").Question} Question */

/** What is ticked, of all concepts. @type {(ticked: number, total: number) => import("./types").Grade} */
export const tally = (ticked, total) => ({
  state: ticked === total ? "right" : ticked ? "partial" : "wrong",
  earned: ticked,
  of: total,
});

/** @param {Question} item */
export function explain(item) {
  const draft = /** @type {HTMLTextAreaElement} */ (one(item, ".quiz-draft"));
  const name = `draft.${item.id}`;
  const none = button("none", "None of these");
  const kept = store.get(name);
  const yours = beside(one(item, "[data-part=explanation]"));
  styled("explain.css");
  // What was written while this was on its way stays.
  if (typeof kept === "string") draft.value ||= kept;

  const copy = () => (yours.textContent = draft.value.trim() || "(nothing written)");

  /** @param {string} [live] */
  const compare = (live) => {
    copy();
    item.close("unanswered", true);
    item.say("Compare your answer with the model answer: tick what yours says, or press “None of these”.", live);
  };

  /** @param {string} [live] */
  const count = (live) => {
    const result = tally(item.chosen.length, item.inputs.length);
    item.dataset.state = result.state;
    disable(none, !result.earned);
    item.say(`${result.earned} of ${result.of} concepts.`, live);
    return result;
  };

  const tick = (/** @type {string} */ chosen) => {
    for (const input of item.inputs) input.checked = chosen.includes(input.value);
  };

  item.check = () => {
    if (item.closed) return;
    if (!draft.value.trim()) return item.say("Write your explanation first.");
    if (!item.attempt()) return;
    disable(none, false);
    compare();
  };
  item.restore = (chosen) => {
    tick(chosen);
    item.used ||= 1;
    compare("off");
    count("off");
  };
  draft.addEventListener("input", () => {
    store.set(name, draft.value);
    notice(store.problem);
    copy();
  });
  const concepts = one(item, ".quiz-concepts");
  concepts.after(make("div", { class: "quiz-controls" }, none));
  none.addEventListener("click", () => {
    if (none.hasAttribute("aria-disabled")) return;
    item.begin();
    tick("");
    item.record(count());
  });
  item.adopt("Show the model answer");
  concepts.addEventListener("change", () => {
    item.begin();
    item.record(count());
  });
}

/** The model answer, and before it a place for the reader's words. @type {(model: HTMLElement) => HTMLElement} */
function beside(model) {
  const words = make("div", {});
  const title = (/** @type {string} */ text) => make("p", { class: "quiz-part-title" }, text);
  const pair = make("div", { class: "quiz-beside" });
  model.replaceWith(pair);
  const yours = make("section", { role: "group", class: "quiz-yours", "aria-label": "Your answer" }, title("Your answer"), words);
  pair.append(yours, make("section", { role: "group", "aria-label": "Model answer" }, title("Model answer"), model));
  return words;
}
