/** One question: judged on Check, and remembered. */

import { all, button, disable, emit, lost, make, modeOf, notice, one } from "./dom.js";
import { store } from "./store.js";

/** @typedef {import("./types").Grade} Grade */

const MARKS = {
  right: "✓ correct",
  wrong: "✗ your choice, not correct",
  missed: "○ missed",
  key: "→ correct answer",
  other: "– not correct",
};

/** A wrong choice takes back a right one: all of them earn nothing. Vectors: tests/vectors/grade.json. @type {(key: string[], chosen: string[]) => Grade} */
export function grade(key, chosen) {
  const picked = [...new Set(chosen)];
  const hits = picked.filter((letter) => key.includes(letter)).length;
  const earned = Math.max(0, 2 * hits - picked.length);
  const exact = hits === key.length && hits === picked.length;
  return { state: exact ? "right" : earned ? "partial" : "wrong", earned, of: key.length };
}

export class Question extends HTMLElement {
  /** Before the answer is shown; a challenge sets it. */
  tries = Infinity;
  used = 0;
  began = 0;
  /** Whether an answer is shown. */
  closed = false;
  /** Set once it works; what is not there at once is waited for. @type {Promise<void> | true | undefined} */
  ready;
  #hints = 0;
  #time = 0;
  /** What went into this attempt before the page was loaded: milliseconds, and hints. */
  #before = [0, 0];

  connectedCallback() {
    if (this.ready || this.dataset.view === "reference" || !this.answer) return;
    const { kind, shuffle } = this.dataset;
    const adopt = () => this.adopt("Check");
    if (kind === "explain") this.ready = import("./explain.js").then(({ explain }) => explain(this)).catch(lost);
    else if (shuffle === "true") this.ready = import("./shuffle.js").then((code) => code.shuffle(this)).then(adopt, adopt);
    else adopt();
  }

  /** @type {(label: string) => void} */
  adopt(label) {
    this.ready ??= true;
    this.#addControls(label);
    for (const touch of ["focusin", "change"]) this.addEventListener(touch, () => this.begin());
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      if ((event.submitter ?? this.#button("check")) === this.#button("check")) this.check();
    });
    if (!this.closest("[data-mode=challenge], [data-bank]")) this.#remember();
    notice(store.problem);
  }

  get answer() {
    return /** @type {HTMLDetailsElement} */ (this.#parts("answer")[0]);
  }

  get inputs() {
    return /** @type {HTMLInputElement[]} */ (all(this, ".quiz-choice > label > input"));
  }

  /** Source letters of what is ticked now. */
  get chosen() {
    const ticked = this.inputs.filter((input) => input.checked);
    return ticked.map((input) => input.value).sort();
  }

  get key() {
    return (this.answer.dataset.key ?? "").split(" ");
  }

  check() {
    const { chosen } = this;
    if (this.closed) return;
    if (!chosen.length) return this.say("Choose an answer first.");
    if (!this.attempt()) return;
    const result = grade(this.key, chosen);
    this.show(result, chosen);
    this.record(result);
  }

  /** A new one, unless somebody minds. */
  attempt() {
    const { id, chosen } = this;
    if (!emit(this, "quiz-check", { id, kind: this.dataset.kind, chosen })) return false;
    this.used += 1;
    this.#time = store.time(id);
    return true;
  }

  /** Show an earlier answer. @type {(chosen: string) => void} */
  restore(chosen) {
    for (const input of this.inputs) input.checked = chosen.includes(input.value);
    this.used ||= 1;
    this.show(grade(this.key, this.chosen), this.chosen, "off");
  }

  /** @type {(result: Grade, chosen: string[], live?: string, text?: string) => void} */
  show(result, chosen, live, text) {
    const final = result.state === "right" || this.used >= this.tries || this.tries === Infinity;
    this.close(result.state, final);
    for (const choice of all(this, ".quiz-choice")) this.#mark(choice, chosen, final);
    for (const input of this.inputs) disable(input, true);
    this.say(text ?? this.#verdict(result, final), live);
  }

  /** @param {boolean} hard forget hints and tries as well */
  reset(hard = false) {
    this.closed = false;
    this.began = 0;
    this.#before = [0, 0];
    this.dataset.state = "unanswered";
    for (const choice of all(this, ".quiz-choice")) delete choice.dataset.mark;
    for (const mark of all(this, ".quiz-mark")) mark.remove();
    for (const part of this.#parts("feedback")) part.hidden = true;
    for (const input of this.inputs) {
      input.checked = false;
      disable(input, false);
    }
    this.answer.hidden = this.#button("retry").hidden = true;
    disable(this.#button("check"), false);
    this.say("");
    if (!hard) return;
    this.used = this.#hints = 0;
    for (const hint of this.#parts("hint")) hint.hidden = true;
    this.#nameHint();
  }

  /** `live`: "off" for what was so before. @type {(text: string, live?: string) => void} */
  say(text, live = "polite") {
    const status = one(this, ".quiz-status");
    status.setAttribute("aria-live", live);
    status.textContent = text;
  }

  /** @type {(name: string) => HTMLElement[]} */
  #parts(name) {
    return all(this, `[data-part=${name}]`);
  }

  /** @type {(action: string) => HTMLElement} */
  #button(action) {
    return one(this, `[data-action=${action}]`);
  }

  /** @type {(label: string) => void} */
  #addControls(label) {
    const check = button("check", label, "submit");
    const retry = button("retry", "Try again");
    const controls = make("div", { class: "quiz-controls" }, check, button("hint", "Hint"), retry);
    one(this, "fieldset").after(controls, one(this, ".quiz-status"));
    this.answer.open = true;
    for (const node of [retry, this.answer, ...this.#parts("hint"), ...this.#parts("feedback")]) node.hidden = true;
    this.#nameHint();
    const [proof] = this.#parts("proof");
    if (!proof) return;
    // No author's id has a dot in it.
    proof.id ||= `${this.id}.proof`;
    const toggle = button("proof", one(proof, "summary").textContent ?? "");
    toggle.setAttribute("aria-controls", proof.id);
    toggle.ariaExpanded = "false";
    proof.before(toggle);
  }

  begin() {
    this.began ||= Date.now() - this.#before[0];
  }

  /** @type {(event: Event) => void} */
  #click(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    // A judged choice keeps both its value and the focus.
    if (target.matches("input[aria-disabled]")) event.preventDefault();
    // Blocks cannot stand in a label.
    if (target.closest(".quiz-choice > .quiz-text") && !target.closest("a, button, summary, quiz-code"))
      one(/** @type {Element} */ (target.closest(".quiz-choice")), "label > input").click();
    const pressed = /** @type {HTMLElement} */ (target.closest("[data-action]"));
    const action = pressed?.dataset.action;
    if (action === "hint") this.#hint();
    if (action === "retry") {
      this.reset();
      one(this, ".quiz-draft, .quiz-choice input").focus();
    }
    if (action === "proof") {
      const proof = /** @type {HTMLDetailsElement} */ (this.#parts("proof")[0]);
      pressed.ariaExpanded = `${(proof.open = !proof.open)}`;
    }
  }

  /** The key, in the letters as shown. */
  get shownKey() {
    const right = all(this, ".quiz-choice").filter((choice) => this.key.includes(choice.dataset.letter ?? ""));
    return right.map((choice) => one(choice, ".quiz-letter").textContent).join(", ");
  }

  #hint() {
    const hints = this.#parts("hint");
    const hint = /** @type {HTMLDetailsElement | undefined} */ (hints[this.#hints]);
    if (!hint) return;
    hint.hidden = !(hint.open = true);
    this.#hints += 1;
    this.#nameHint();
    if (!this.closed) this.say(`Hint ${this.#hints} of ${hints.length} is shown below.`);
  }

  #nameHint() {
    const node = this.#button("hint");
    const left = this.#parts("hint").length - this.#hints;
    node.hidden = !left && !this.#hints;
    node.textContent = !left ? "No more hints" : this.#hints ? "Next hint" : "Hint";
    disable(node, !left);
  }

  /** @type {(state: string, final: boolean) => void} */
  close(state, final) {
    this.closed = true;
    this.dataset.state = state;
    this.answer.hidden = !final;
    const [check, retry] = [this.#button("check"), this.#button("retry")];
    disable(check, true);
    if (retry.matches(":focus")) check.focus();
    retry.hidden = final && this.tries < Infinity;
    if (final) this.#unlock();
  }

  /** @type {(choice: HTMLElement, chosen: string[], final: boolean) => void} */
  #mark(choice, chosen, final) {
    const letter = choice.dataset.letter ?? "";
    const picked = chosen.includes(letter);
    const correct = this.key.includes(letter);
    if (!picked && !final) return;
    const unpicked = !correct ? "other" : chosen.length && this.key.length > 1 ? "missed" : "key";
    const mark = picked ? (correct ? "right" : "wrong") : unpicked;
    choice.dataset.mark = mark;
    one(choice, "label").append(make("span", { class: "quiz-mark" }, MARKS[mark]));
    const feedback = this.#parts("feedback").find((part) => part.dataset.letter === letter);
    if (!picked || !feedback) return;
    choice.append(feedback);
    feedback.hidden = false;
  }

  /** Code to be predicted shows its output, and may run, after the answer. */
  #unlock() {
    for (const output of this.#parts("recorded")) {
      output.dataset.part = "output";
      one(document.getElementById(output.dataset.for ?? "") ?? this, "[data-part=source]").after(output);
    }
    for (const code of all(this, "[data-locked]")) code.removeAttribute("data-locked");
  }

  /** @type {(result: Grade, final: boolean) => string} */
  #verdict({ state, earned, of }, final) {
    const points = Number(this.dataset.points);
    const score = points ? ` ${Number(((points * earned) / of).toFixed(2))} of ${points} points.` : "";
    if (state === "right") return `Right.${score}`;
    const word = state === "partial" ? `Partly right: ${earned} of ${of}.` : "Wrong.";
    const left = this.tries - this.used;
    if (!final) return `${word} ${left} attempt${left > 1 ? "s" : ""} left.`;
    return `${word} The answer is ${this.shownKey}.${score}`;
  }

  #remember() {
    const row = store.latest(this.id);
    if (!row) return;
    const [, hash, chosen, , hints, seconds, time] = row;
    if (hash !== this.dataset.hash) return this.say("This question has changed since you answered.", "off");
    this.restore(chosen);
    // Who goes on with it does not begin anew.
    this.#time = time;
    this.#before = [1000 * seconds, hints];
    this.say(`${one(this, ".quiz-status").textContent} You answered this before.`, "off");
  }

  /** @type {(result: Grade) => void} */
  record({ state, earned, of }) {
    const { id, chosen, began } = this;
    const { kind, hash = "" } = this.dataset;
    const hints = Math.max(this.#hints, this.#before[1]);
    const [time, mode, score] = [this.#time, modeOf(this), Number((earned / of).toFixed(2))];
    const seconds = began ? Math.max(0, Math.round((Date.now() - began) / 100) / 10) : 0;
    store.record([id, hash, chosen.join(""), score, hints, seconds, time, mode]);
    notice(store.problem);
    emit(this, "quiz-answered", { id, kind, hash, state, chosen, score, hints, seconds, time, mode });
  }
}
