/** An explanation beside the model answer. Loaded when the model answer is first shown. */

import { make, one } from "./dom.js";
import { styled } from "./style.js";

/** @type {(item: import("./question.js").Question) => void} */
export function beside(item) {
  const { draft, answer } = item;
  const model = one(answer, "[data-part=explanation]");
  if (!draft || !model) return;
  styled("explain.css");
  const yours = one(answer, ".quiz-yours > div") ?? build(model);
  const copy = () => (yours.textContent = draft.value.trim() || "(nothing written)");
  copy();
  draft.oninput = copy;
}

/** @type {(model: HTMLElement) => HTMLElement} where the reader's words go */
function build(model) {
  const words = make("div", {});
  const title = (/** @type {string} */ text) => make("p", { class: "quiz-part-title" }, text);
  const pair = make("div", { class: "quiz-beside" });
  model.replaceWith(pair);
  const yours = make("section", { class: "quiz-yours", "aria-label": "Your answer" }, title("Your answer"), words);
  pair.append(yours, make("section", { "aria-label": "Model answer" }, title("Model answer"), model));
  return words;
}
