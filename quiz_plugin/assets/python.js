/**
 * <quiz-code>: a block of Python with its recorded output. This is all that a page loads before its reader asks:
 * the controls and the editor; what runs Python is fetched on the first sign of intent.
 *
 * @typedef {import("./python-live.js").Run} Run
 * @typedef {import("./protocol.js").Cause} Cause
 * @typedef {import("./protocol.js").Ending} Ending
 */

const FOLDER = new URL("./", import.meta.url);
const MANIFEST = new URL(new URL(import.meta.url).searchParams.get("runtime") ?? "", FOLDER).href;
const LABELS = { run: "Run", stop: "Stop", edit: "Edit", reset: "Reset code", "run-above": "Run all above" };

/** Hover or focus counts as intent after so long (ms): a pointer or a Tab that only passes by does not. */
const DWELL = 120;
/** @type {Ending} */
const STOPPED = { state: "stopped", cause: "stopped", text: "Stopped." };

/** The modules that Run needs: the first, and what it imports. */
const MODULES = ["python-live.js", "python-kernel.js"];

let attempt = 0;
/** @type {Promise<typeof import("./python-live.js")> | undefined} */
let arriving;

/** One promise for all who wait: several `import()` of a file under way end in any order, presses of Run must not.
 * A failed import stays failed under its address in some browsers: each further attempt has another.
 * @returns {Promise<typeof import("./python-live.js")>} */
function live() {
  const url = new URL(`${MODULES[0]}${attempt ? `?${attempt}` : ""}`, FOLDER).href;
  return (arriving ??= import(url).catch((error) => {
    attempt += 1;
    arriving = undefined;
    throw error;
  }));
}

/** Why the modules did not arrive; only asking again tells. @returns {Promise<Ending>} */
async function unloaded() {
  for (const file of MODULES) {
    const response = await fetch(new URL(file, FOLDER), { cache: "reload" }).catch(() => null);
    if (!response) return unloadedFor("network", `No network: ${file} could not be loaded`);
    const { ok, status } = response;
    const what = status === 404 ? "is missing on the server" : "could not be served";
    if (!ok) return unloadedFor("missing", `${file} ${what} (${status})`);
  }
  return unloadedFor("network", `${MODULES[0]} could not be loaded`);
}

/** @param {Cause} cause @param {string} why @returns {Ending} */
const unloadedFor = (cause, why) => ({ state: "failed", cause, text: `${why}. Press Run to try again.` });

export class QuizCode extends HTMLElement {
  static observedAttributes = ["data-locked"];

  #busy = false;
  /** @type {Run | null} */
  #run = null;
  /** Ends an attempt whose code has not even arrived. @type {(ending: Ending) => void} */
  #halt = () => {};
  /** @type {HTMLTextAreaElement | null} */
  #editor = null;

  connectedCallback() {
    if (this.runnable && !this.button("run")) this.#draw();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }

  /** A block that is only moved stays; one that left the page must not keep the next page waiting. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#stop());
  }

  get runnable() {
    return ["python", "numpy"].includes(this.dataset.engine ?? "") && !this.hasAttribute("data-locked");
  }

  get name() {
    return this.dataset.block ?? this.id;
  }

  get recordedCode() {
    return this.piece("source")?.querySelector("code")?.textContent ?? "";
  }

  get code() {
    return this.#editor?.value ?? this.recordedCode;
  }

  get packages() {
    return this.dataset.engine === "numpy" || /^\s*(import|from)\s+numpy\b/m.test(this.code) ? ["numpy"] : [];
  }

  /** The blocks above this one on the page that can run, in order. @returns {QuizCode[]} */
  get above() {
    const blocks = [...document.querySelectorAll("quiz-code")].filter((block) => block instanceof QuizCode);
    return blocks.slice(0, blocks.indexOf(this)).filter((block) => block.runnable);
  }

  /** @param {string} name @returns {HTMLElement | null} */
  piece(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  /** @param {string} action @returns {HTMLButtonElement | null} */
  button(action) {
    return this.querySelector(`[data-action="${action}"]`);
  }

  /** @param {string | Node} text */
  say(text) {
    let status = this.piece("status");
    if (!status) {
      status = document.createElement("p");
      status.dataset.part = "status";
      status.setAttribute("role", "status");
      this.append(status);
    }
    status.replaceChildren(text);
  }

  /** Run the block; true when it ended as its author meant it to. @param {boolean} [fresh] drop variables first */
  async execute(fresh = false) {
    if (this.#busy) return false;
    this.#busy = true;
    this.#clear();
    this.dataset.state = "loading";
    this.#arrange();
    this.say("Waiting for Python…");
    const halted = new Promise((/** @type {(ending: Ending) => void} */ halt) => (this.#halt = halt));
    const ending = await Promise.race([halted, this.#attempt(halted, fresh)]);
    this.#finish(ending);
    return ending.state === "done";
  }

  /** @param {Promise<Ending>} halted @param {boolean} fresh */
  async #attempt(halted, fresh) {
    const code = await live().catch(() => null);
    if (!code) return unloaded();
    if ((await Promise.race([halted, null])) || !this.isConnected) return STOPPED;
    this.#run = new code.Run(this, MANIFEST, fresh);
    return this.#run.ended;
  }

  #stop() {
    if (this.#run) this.#run.cancel();
    else this.#halt(STOPPED);
  }

  /** @param {Ending} ending */
  #finish({ text, ...detail }) {
    this.#busy = false;
    this.#run = null;
    this.dataset.state = detail.state;
    if (detail.cause) this.dataset.cause = detail.cause;
    this.#arrange();
    this.say(text);
    detail = { block: this.name, ...detail };
    this.dispatchEvent(new CustomEvent("quiz-code-done", { bubbles: true, detail }));
  }

  #draw() {
    const tools = document.createElement("div");
    tools.className = "quiz-tools";
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", `Python block ${this.name}`);
    for (const [action, label] of Object.entries(LABELS)) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.action = action;
      button.textContent = label;
      button.addEventListener("click", () => this.#act(action));
      tools.append(button);
    }
    (this.piece("source") ?? this).after(tools);
    for (const sign of ["pointerenter", "focus"]) {
      this.button("run")?.addEventListener(sign, () => setTimeout(() => this.#expect(), DWELL));
    }
    this.#arrange();
  }

  /** Download ahead while the reader makes for Run. */
  async #expect() {
    if (!this.button("run")?.matches(":hover, :focus-visible")) return;
    const code = await live().catch(() => null);
    code?.load(MANIFEST, this.packages);
  }

  /** @param {string} action */
  #act(action) {
    if (action === "stop") this.#stop();
    else if (this.#busy) return;
    else if (action === "run") this.execute();
    else if (action === "edit") this.#edit();
    else if (action === "reset") this.#reset();
    else this.#runAbove();
  }

  /** Show the controls that apply; a control that goes gives its focus to Run. */
  #arrange() {
    const busy = this.#busy;
    const shown = {
      stop: busy,
      edit: !this.#editor && this.dataset.editable !== "false",
      reset: Boolean(this.#editor) || this.dataset.state !== "idle",
      "run-above": this.above.length > 0,
    };
    for (const [action, visible] of Object.entries(shown)) {
      const button = this.button(action);
      if (!button) continue;
      if (!visible && document.activeElement === button) this.button("run")?.focus();
      button.hidden = !visible;
    }
    for (const action of ["run", "edit", "reset", "run-above"]) {
      this.button(action)?.setAttribute("aria-disabled", String(busy));
    }
  }

  #edit() {
    const source = this.piece("source");
    if (!source) return;
    const label = document.createElement("label");
    label.textContent = `Code of ${this.name}`;
    const editor = document.createElement("textarea");
    editor.value = this.recordedCode.replace(/\n$/, "");
    editor.rows = Math.max(3, editor.value.split("\n").length);
    editor.spellcheck = false;
    for (const name of ["autocapitalize", "autocomplete", "autocorrect"]) editor.setAttribute(name, "off");
    editor.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#act("run");
    });
    label.append(editor);
    source.append(label);
    source.dataset.editing = "true";
    this.#editor = editor;
    this.#arrange();
    editor.focus();
  }

  #reset() {
    this.#editor?.parentElement?.remove();
    this.#editor = null;
    delete this.piece("source")?.dataset.editing;
    this.#clear();
    this.dataset.state = "idle";
    this.#arrange();
    arriving?.then(({ forget }) => forget(), () => {});
    this.say("This is the author's code again. The variables of this page are cleared.");
  }

  async #runAbove() {
    const { above } = this;
    for (const [place, block] of above.entries()) {
      this.say(`Running block ${place + 1} of ${above.length} above…`);
      if (!(await block.execute(place === 0))) return this.say(`Stopped at the block ${block.name}: see there.`);
    }
    const button = this.button("run-above");
    if (button) button.textContent = LABELS["run-above"];
    this.say(above.length === 1 ? "The block above ran, from fresh variables." : `The ${above.length} blocks above ran, from fresh variables.`);
  }

  /** Back to the recorded output alone. */
  #clear() {
    this.piece("live")?.remove();
    for (const name of ["same", "cause"]) delete this.dataset[name];
    this.piece("output")?.removeAttribute("data-view");
  }
}

// Instant navigation may bring a newer copy of this file into a tab that has an older one.
if (!customElements.get("quiz-code")) customElements.define("quiz-code", QuizCode);
