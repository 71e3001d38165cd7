/** An open question: the reader writes, compares with the model answer, and says what their own words name. */

import { button, disable, make, notice, one } from "./dom.js";
import { store } from "./store.js";
import { styled } from "./style.js";

/** @param {import("./question.js").Question} item */
export function explain(item) {
  const draft = /** @type {HTMLTextAreaElement} */ (one(item, ".quiz-draft"));
  const name = `draft.${item.id}`;
  const none = button("none", "None of these");
  const kept = store.get(name);
  const yours = beside(one(item, "[data-part=explanation]"));
  styled("explain.css");
  const copy = () => (yours.textContent = draft.value.trim() || "(nothing written)");

  const compare = () => {
    copy();
    item.close("unanswered", true);
  };

  /** @type {(live?: string) => import("./types").Grade} */
  const count = (live) => {
    const [earned, of] = [item.chosen.length, item.inputs.length];
    const state = earned === of ? "right" : earned ? "partial" : "wrong";
    item.dataset.state = state;
    disable(none, !earned);
    item.say(`${earned} of ${of} concepts.`, live);
    return { state, earned, of };
  };

  const tell = () => {
    item.begin();
    item.record(count());
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
    item.say("Compare your answer with the model answer: tick what yours says, or press “None of these”.");
  };
  item.restore = (chosen) => {
    tick(chosen);
    item.used ||= 1;
    compare();
    count("off");
  };
  const keep = () => {
    store.set(name, draft.value);
    notice(store.problem);
    copy();
  };
  draft.addEventListener("input", keep);
  // What was written while this was on its way stays.
  if (draft.value) keep();
  else if (typeof kept === "string") draft.value = kept;
  const concepts = one(item, ".quiz-concepts");
  concepts.after(make("div", { class: "quiz-controls" }, none));
  none.addEventListener("click", () => {
    if (none.hasAttribute("aria-disabled")) return;
    tick("");
    tell();
  });
  concepts.addEventListener("change", tell);
  item.adopt("Show the model answer");
  // Who writes already has begun.
  if (item.contains(document.activeElement)) item.begin();
}

/** The model answer, and before it a place for the reader's words. @type {(model: HTMLElement) => HTMLElement} */
function beside(model) {
  const words = make("div", { class: "quiz-yours" });
  const pair = make("div", { class: "quiz-beside" });
  const part = (/** @type {string} */ name, /** @type {HTMLElement} */ node) =>
    make("section", { role: "group", "aria-label": name }, make("p", { class: "quiz-part-title" }, name), node);
  model.replaceWith(pair);
  pair.append(part("Your answer", words), part("Model answer", model));
  return words;
}
