/**
 * One run of a <quiz-code>, from the press of Run to the verdict: what the worker says becomes text and images.
 *
 * @typedef {import("./python.js").QuizCode} QuizCode
 * @typedef {import("./protocol.js").Job} Job
 * @typedef {import("./protocol.js").Ending} Ending
 * @typedef {import("./protocol.js").WorkerMessage} WorkerMessage
 * @typedef {import("./protocol.js").ProgressMessage} ProgressMessage
 * @typedef {import("./protocol.js").FigureMessage} FigureMessage
 * @typedef {import("./protocol.js").DoneMessage} DoneMessage
 * @typedef {import("./protocol.js").EndedMessage} EndedMessage
 */
import { explain, opened } from "./python-kernel.js";

/** The live output shows after so long (ms), or when the run ends: a quick run replaces without a flicker. */
const PATIENCE = 200;
/** So many characters go into the page in one frame, and about as many are laid out together: more would block it. */
const PORTION = 8192;
/** A tab that is not seen gets no frames; it goes on after so long (ms). */
const UNSEEN = 250;
/** Progress is told at every quarter, or at every so many bytes where nobody knows the whole. */
const STEP = 4e6;
const AGAIN = "Press Run to try again.";

/** @type {import("./python-kernel.js").Kernel | undefined} once a block has asked for it */
let kernel;

/** Download ahead of a run. @param {string} manifest @param {string[]} packages */
export const load = (manifest, packages) => (kernel = opened(manifest)).load(packages);

export const forget = () => kernel?.forget();

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [name] class @param {string} [text] */
function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  return element;
}

/** @param {number} bytes */
const mega = (bytes) => (bytes / 1e6).toFixed(1);

/** The first toLocaleString() of a page would block it for a frame. @param {number} count @param {string} noun */
const plural = (count, noun) => `${String(count).replace(/\B(?=(\d{3})+$)/g, ",")} ${noun}${count === 1 ? "" : "s"}`;

/** What a page shows for a record without output. */
const NOTHING = "(nothing printed)";
// What HTML cannot hold, or the page's builder keeps for itself, is shown in a record as the replacement character.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f\ue0f0-\ue0f2]/g;

/** @param {string} text */
const trimmed = (text) => text.replace(CONTROL, "\ufffd").trimEnd();

/** Where to cut a text that is too long: after its last line that fits, else anywhere but inside a character.
 * @param {string} text @param {number} room */
function cutting(text, room) {
  if (text.length <= room) return text.length;
  const line = text.lastIndexOf("\n", room - 1) + 1;
  return line || room - Number(/[\ud800-\udbff]/.test(text[room - 1]));
}

export class Run {
  /** @type {{stream: string, text: string}[]} output that waits for the next frame */
  #pending = [];
  #frame = 0;
  #timer = 0;
  #stdout = "";
  #step = -1;
  /** What is left to do once all output is shown. @type {(() => void) | null} */
  #last = null;
  /** @type {(ending: Ending) => void} */
  #settle = () => {};
  #live = make("div");
  #text = make("samp");
  #chunk = make("span", "quiz-chunk");
  #size = 0;

  /** @param {QuizCode} block @param {string} manifest @param {boolean} fresh drop the page's variables first */
  constructor(block, manifest, fresh) {
    this.block = block;
    this.code = block.code;
    const { name, code, packages } = block;
    /** @type {Job} */
    this.job = {
      page: location.pathname,
      block: name,
      code,
      packages,
      fresh,
      seconds: Number(block.dataset.timeout) || 10,
      receive: (message) => this.#receive(message),
    };
    /** @type {Promise<Ending>} */
    this.ended = new Promise((settle) => (this.#settle = settle));
    this.#prepare();
    kernel = opened(manifest);
    kernel.submit(this.job);
  }

  cancel() {
    kernel?.cancel(this.job);
  }

  #prepare() {
    this.#live.dataset.part = "live";
    this.#live.hidden = true;
    const pre = make("pre");
    pre.append(this.#text);
    this.#live.append(make("p", "quiz-output-title", "Live output"), pre);
    this.#output().append(this.#live);
  }

  /** The place of the output; a block without a record gets one. */
  #output() {
    const known = this.block.piece("output");
    if (known) return known;
    const output = make("div");
    output.dataset.part = "output";
    this.block.piece("status")?.before(output);
    return output;
  }

  /** @param {WorkerMessage | EndedMessage} message */
  #receive(message) {
    if (message.type === "progress") this.#progress(message);
    else if (message.type === "started") this.#start();
    else if (message.type === "output") this.#write(message.stream, message.text);
    else if (message.type === "figure") this.#figure(message);
    else if (message.type === "cut") this.#cut(message.chars, message.lines);
    else if (message.type === "done") this.#conclude(() => this.#judge(message));
    else if (message.type === "ended") this.#conclude(() => this.#end(message));
  }

  /** Bytes for the eye at every message; for the ear now and then. @param {ProgressMessage} message */
  #progress({ stage, loaded, total }) {
    if (stage === "start") return this.block.say("Starting Python…");
    const text = `Loading Python: ${total ? `${mega(loaded)} of ${mega(total)}` : mega(loaded)} MB`;
    const step = Math.floor(loaded / (total ? total / 4 : STEP));
    const seen = this.block.querySelector(".quiz-progress");
    if (seen && step === this.#step) return void (seen.textContent = text);
    this.#step = step;
    const both = new DocumentFragment();
    const shown = make("span", "quiz-progress", text);
    shown.setAttribute("aria-hidden", "true");
    both.append(make("span", "quiz-unseen", text), shown);
    this.block.say(both);
  }

  #start() {
    this.block.dataset.state = "running";
    this.block.say("Running…");
    setTimeout(() => this.#show(), PATIENCE);
  }

  /** @param {string} stream @param {string} text */
  #write(stream, text) {
    if (stream === "out") this.#stdout += text;
    const last = this.#pending.at(-1);
    if (last?.stream === stream) last.text += text;
    else this.#pending.push({ stream, text });
    if (!this.#frame) this.#wait();
  }

  #wait() {
    this.#frame = requestAnimationFrame(() => this.#flush());
    this.#timer = window.setTimeout(() => this.#flush(), UNSEEN);
  }

  /** Show a portion of what waits, or all of it where nobody looks. At its end the run can end. */
  #flush() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = 0;
    let room = PORTION;
    for (let [first] = this.#pending; first; [first] = this.#pending) {
      if (room < PORTION && first.text.length > room) break;
      const end = cutting(first.text, PORTION);
      this.#append(first.stream, first.text.slice(0, end));
      first.text = first.text.slice(end);
      if (!first.text) this.#pending.shift();
      if (!document.hidden) room -= end;
    }
    this.#reach();
    if (this.#pending.length) {
      this.#show(); // portion by portion, too
      return this.#wait();
    }
    const last = this.#last;
    this.#last = null;
    last?.();
  }

  /** Each chunk is laid out by itself; it ends where a line ends, unless that line is very long.
   * @param {string} stream @param {string} text */
  #append(stream, text) {
    const full = this.#size + text.length > PORTION;
    if (full && (this.#size >= 2 * PORTION || this.#chunk.textContent?.endsWith("\n"))) {
      this.#chunk = make("span", "quiz-chunk");
      this.#size = 0;
    }
    if (!this.#size) this.#text.append(this.#chunk);
    this.#size += text.length;
    this.#chunk.append(make("span", `quiz-${stream}`, text));
  }

  /** Do what ends the run once all of its output is shown. @param {() => void} last */
  #conclude(last) {
    this.#last = last;
    this.#flush();
  }

  #show() {
    this.#live.hidden = false;
    this.#reach();
  }

  /** Output that scrolls can be reached by keyboard, and has a name. */
  #reach() {
    const pre = this.#text.parentElement;
    if (!pre || pre.tabIndex === 0 || pre.scrollHeight <= pre.clientHeight) return;
    pre.tabIndex = 0;
    pre.setAttribute("role", "region");
    pre.setAttribute("aria-label", "Live output");
  }

  /** An image runs no script, and its markup stays its own. @param {FigureMessage} message */
  #figure({ mime, base64, alt }) {
    const image = make("img");
    image.alt = alt || `Figure made by ${this.job.block}`;
    image.onerror = () => image.replaceWith(make("p", "", "The figure cannot be shown."));
    image.src = `data:${mime === "image/png" ? mime : "image/svg+xml"};base64,${base64}`;
    this.#live.append(image);
  }

  /** @param {number} chars @param {number} lines */
  #cut(chars, lines) {
    const note = this.#live.querySelector(".quiz-cut") ?? make("p", "quiz-cut");
    note.textContent = `The output is cut here: ${plural(chars, "more character")}, ${plural(lines, "more line")}.`;
    this.#text.parentElement?.after(note);
  }

  /** @param {DoneMessage} message */
  #judge({ seconds, exception, exit, verdict }) {
    const { expect } = this.block.dataset;
    for (const [name, text] of [["quiz-exception", exception?.text], ["quiz-verdict", verdict]]) {
      if (!text) continue;
      const pre = make("pre", name);
      pre.append(make("samp", "", text));
      this.#live.append(pre);
    }
    const raised = exception ?? (exit && expect === "SystemExit" ? { type: expect, message: exit.message } : null);
    if (exception?.memory) return this.#finish("failed", "memory", `Out of memory. ${this.#lost()}`);
    if (exception && exception.type !== expect) return this.#finish("failed", "error", this.#explained(exception));
    if (expect && !raised) return this.#finish("failed", "error", `${expect} was expected, and was not raised.`);
    const last = raised ? [raised.type, raised.message].filter(Boolean).join(": ") : "";
    const left = exit ? ` It left through ${exit.call}.` : "";
    this.#finish("done", "", `${this.#compare(last, verdict)}Ran in ${seconds.toFixed(2)} s.${left}`);
  }

  /** @param {{type: string, block: string, line: number}} exception */
  #explained({ type, block, line }) {
    const where = block && block !== this.job.block ? ` in block ${block}` : "";
    const hint = type === "NameError" && this.block.above.length ? " Perhaps the blocks above have to run first." : "";
    return `${type}${where}${line ? ` on line ${line}` : ""}.${hint}`;
  }

  /** @param {EndedMessage} message */
  #end(message) {
    const state = message.cause === "timeout" || message.cause === "stopped" ? "stopped" : "failed";
    const text = explain(message, AGAIN, this.job.seconds);
    this.#finish(state, message.cause, message.lost ? `${text} ${this.#lost()}` : text);
  }

  #lost() {
    const button = this.block.button("run-above");
    if (!button || !this.block.above.length) return "The variables of this page are lost.";
    button.textContent = "Run the blocks above again";
    return "The variables of this page are lost: run the blocks above again.";
  }

  /** Mark what was said as the same as recorded, or not.
   * @param {string} exception @param {string} verdict @returns {string} what to say of it */
  #compare(exception, verdict) {
    const output = this.#output();
    const recorded = [...output.querySelectorAll("pre")].filter((pre) => !this.#live.contains(pre));
    if (!recorded.length) return "";
    if (trimmed(this.code) !== trimmed(this.block.recordedCode)) return "Not compared: the code was changed. ";
    const text = (/** @type {string} */ name) =>
      trimmed(recorded.filter((pre) => pre.className === name).map((pre) => pre.textContent).join("\n"));
    const printed = text("") === NOTHING ? "" : text("");
    const same =
      trimmed(this.#stdout) === printed && trimmed(exception) === text("quiz-exception") &&
      trimmed(verdict) === text("quiz-verdict");
    this.block.dataset.same = String(same);
    if (same) output.dataset.view = "live";
    return same ? "Same as recorded. " : "Not the same as recorded: both are shown. ";
  }

  /** @param {"done" | "failed" | "stopped"} state @param {Ending["cause"]} cause @param {string} text */
  #finish(state, cause, text) {
    this.#show();
    if (!this.#size) this.#text.parentElement?.remove();
    if (this.#live.children.length < 2) this.#live.remove();
    const { same } = this.block.dataset;
    const stdout = this.#stdout;
    this.#settle({ state, cause, text, same: same ? same === "true" : null, stdout });
  }
}
