/** The reader's data in their own hands: export, import with a preview, delete with undo. */

import { button, disable, make } from "./dom.js";
import { both, erase, kept, parts, restore, size, take } from "./kept.js";
import { LIMIT, merge, store } from "./store.js";
import { csv, pack, read, Refused } from "./transfer.js";
import { moment, several } from "./words.js";

/** @typedef {import("./bank.js").Bank} Bank */
/** @typedef {import("./types").Kept} Kept */
/** @typedef {import("./transfer.js").Export} Export */

const ROOT = new URL("../../", import.meta.url).href;
const HERE = "It is on this device, in this browser, and nowhere else. Export it to keep a copy, or to take it to another device.";
/** Of this visit, however often the element is made anew. @type {import("./kept.js").Erased[]} */
const erased = [];

/** @type {(bytes: number) => string} */
const weight = (bytes) => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

/** @type {(name: string, type: string, text: string) => void} */
function download(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href, download: name }).click();
  // Some browsers read it only after a while.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** @type {(ending: string) => string} */
const fileName = (ending) => `quizproof-progress-${new Date().toISOString().slice(0, 10)}.${ending}`;

/** "3 answers, 1 badge", or nothing. @type {(rows: number, badges: number, drafts: number) => string} */
function contents(rows, badges, drafts) {
  const counts = /** @type {[number, string][]} */ ([[rows, "answer"], [badges, "badge"], [drafts, "draft"]]);
  return counts.flatMap(([count, noun]) => (count ? [several(count, noun)] : [])).join(", ");
}

/** @type {(all: Kept) => string} */
const counted = ({ rows, badges, drafts }) => contents(rows.length, Object.keys(badges).length, Object.keys(drafts).length);

/** @type {(a: object, b: object) => string[]} names of `a` that `b` does not have */
const lacking = (a, b) => Object.keys(a).filter((name) => !Object.hasOwn(b, name));

/** What adding a file would do, in words. @type {(other: Export, bank: Bank) => string[]} */
export function preview(other, { items }) {
  const mine = kept();
  const name = (/** @type {import("./types").Row} */ row) => `${row[6]} ${row[0]}`;
  const here = new Set(mine.rows.map(name));
  const theirs = [...new Map(other.rows.map((row) => [name(row), row])).values()];
  const fresh = theirs.filter((row) => !here.has(name(row)));
  const written = Object.fromEntries(Object.entries(other.drafts).filter(([, text]) => parts(text).length));
  const [badges, drafts] = [lacking(other.badges, mine.badges).length, lacking(written, mine.drafts)];
  const met = Object.keys(written).filter((id) => !drafts.includes(id));
  const otherwise = met.some((id) => both(mine.drafts[id], written[id]) !== mine.drafts[id].trim());
  const again = contents(theirs.length - fresh.length, Object.keys(other.badges).length - badges, met.length);
  const foreign = items.size ? new Set(theirs.filter(([id]) => !items.has(id)).map(([id]) => id)).size : 0;
  const dropped = mine.rows.length + fresh.length - merge(mine.rows, other.rows).length;
  const when = Date.parse(other.exported);
  const from = other.site && other.site !== ROOT ? ` from ${other.site}` : "";
  return [
    `${when ? `Exported on ${moment(when)}` : "Exported"}${from}.`,
    `Adds ${contents(fresh.length, badges, drafts.length) || "nothing"}${again && `; ${again} already here`}.`,
    otherwise ? "Where a draft here reads otherwise, both are kept, one below the other." : "",
    foreign ? `${several(foreign, "question")} in it ${foreign === 1 ? "is" : "are"} not on this site. What you answered there is kept all the same.` : "",
    dropped > 0 ? `This site keeps the newest ${LIMIT.toLocaleString("en")} answers, and the last one to each question: ${several(dropped, "older answer")} will be left out.` : "",
  ].filter(Boolean);
}

export class Data {
  about = make("p", {});
  status = make("p", { class: "quiz-status", role: "status" });
  panel = make("div", { class: "quiz-import", role: "group", "aria-label": "Import", tabindex: "-1" });
  file = /** @type {HTMLInputElement} */ (make("input", { type: "file", accept: ".json,application/json", "aria-label": "A file that a progress page exported" }));
  buttons = {
    export: button("export", "Export"),
    csv: button("export-csv", "Export for a spreadsheet (CSV)"),
    import: button("import", "Import…"),
    delete: button("delete", "Delete everything"),
    undo: button("undo", "Undo the deletion"),
  };

  /** @param {Bank} bank @param {() => void} changed */
  constructor(bank, changed) {
    this.bank = bank;
    this.changed = changed;
    this.panel.hidden = this.file.hidden = true;
    const actions = { export: this.export, csv: this.csv, import: this.choose, delete: this.delete, undo: this.undo };
    for (const [name, act] of Object.entries(actions)) {
      const node = this.buttons[/** @type {keyof typeof this.buttons} */ (name)];
      node.addEventListener("click", () => node.hasAttribute("aria-disabled") || act.call(this));
    }
    this.file.addEventListener("change", () => this.read());
    const controls = make("div", { class: "quiz-controls" }, ...Object.values(this.buttons));
    this.node = make("section", {}, make("h2", {}, "Your data"), this.about, controls, this.file, this.status, this.panel);
  }

  update() {
    const all = kept();
    const { bytes, aside } = size();
    const what = counted(all);
    const lost = aside && `${several(aside, "earlier record")} that could not be read ${aside === 1 ? "is" : "are"} set aside, and deleted only with everything else.`;
    this.about.textContent = [what ? `${what}, ${weight(bytes)}. ${HERE}` : "There is nothing of yours here. What you exported elsewhere can be imported.", lost].filter(Boolean).join(" ");
    disable(this.buttons.export, !what);
    disable(this.buttons.csv, !all.rows.length);
    disable(this.buttons.delete, !what && !bytes);
    this.buttons.undo.hidden = !erased.length;
  }

  /** @param {string} text */
  #say(text) {
    this.panel.hidden = true;
    this.status.textContent = text;
  }

  export() {
    download(fileName("json"), "application/json", pack(kept(), ROOT, Date.now()));
    this.#say("The file is among your downloads.");
  }

  async csv() {
    const titles = await this.bank.titles().catch(() => new Map());
    download(fileName("csv"), "text/csv", csv(store.attempts, this.bank, titles));
    this.#say("The file is among your downloads.");
  }

  choose() {
    this.file.value = "";
    this.file.click();
  }

  async read() {
    const file = this.file.files?.[0];
    if (!file) return;
    this.#say("");
    try {
      this.offer(file.name, await read(file));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#say(`Nothing was imported from ${file.name}. ${error.message}`);
    }
  }

  /** @param {string} name @param {Export} other */
  offer(name, other) {
    const [add, cancel] = [button("import-add", "Add it to mine"), button("import-cancel", "Cancel")];
    const done = (/** @type {string} */ text) => {
      this.buttons.import.focus();
      this.#say(text);
    };
    cancel.addEventListener("click", () => done("Nothing was imported."));
    add.addEventListener("click", () => {
      take(other);
      this.changed();
      done(`Imported. You now have ${counted(kept()) || "nothing"}.${store.problem && ` ${store.problem}`}`);
    });
    const lines = preview(other, this.bank).map((text) => make("p", {}, text));
    this.panel.replaceChildren(make("h3", {}, name), ...lines, make("div", { class: "quiz-controls" }, add, cancel));
    this.panel.hidden = false;
    this.panel.focus();
  }

  delete() {
    const what = counted(kept());
    erased.push(erase());
    this.changed();
    this.#say(`Deleted${what && `: ${what}`}. You can undo this until you close or reload the page.`);
  }

  undo() {
    for (const one of erased.splice(0)) restore(one);
    this.buttons.delete.focus();
    this.changed();
    this.#say(`Put back. You now have ${counted(kept()) || "nothing"}.`);
  }
}
