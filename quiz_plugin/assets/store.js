/** What the reader did, kept on their device: one row per attempt, merged between tabs. */

/** @typedef {import("./types").Row} Row */

export const VERSION = 1;
export const LIMIT = 10_000;

/** Version n → its log as version n + 1. @type {Record<number, (old: any) => any>} */
export const MIGRATIONS = {};

const NOT_KEPT = "Progress is not kept: ";
const DENIED = `${NOT_KEPT}this browser does not allow storage.`;
const FULL = `${NOT_KEPT}this browser’s storage is full.`;
const NEWER = `${NOT_KEPT}it was saved by a newer version of this site. Reload the page to get that version.`;
const CORRUPT = "Earlier progress could not be read. It was set aside, and a new record was started.";

const TYPES = [..."sssnnnns"];

/** @type {(row: any) => boolean} */
const fits = (row) => Array.isArray(row) && TYPES.every((type, at) => (typeof row[at])[0] === type);

/** Of one attempt kept twice: the one that went on longer. @type {(a: Row, b: Row) => Row} */
const longer = (a, b) => ((a[5] - b[5] || (`${a}` > `${b}` ? 1 : -1)) > 0 ? a : b);

/** The newest, and the last one of every question however old. @type {(rows: Row[]) => Row[]} */
function bounded(rows) {
  if (rows.length <= LIMIT) return rows;
  const last = lastOf(rows);
  return rows.filter((row, at) => at >= rows.length - LIMIT || last.get(row[0]) === row);
}

/** @type {(rows: Row[]) => Map<string, Row>} */
const lastOf = (rows) => new Map(rows.map((row) => [row[0], row]));

/** Clocks differ, but not by a day: who wrote such a time had a wrong one. @type {(time: number, now?: number) => boolean} */
export const ahead = (time, now = Date.now()) => time > now + 86_400_000;

/** Such times are older than all others. @type {(a: Row, b: Row) => number} */
const byTime = (a, b) => +ahead(b[6]) - +ahead(a[6]) || a[6] - b[6] || (a[0] < b[0] ? -1 : 1);

/** The union of both: commutative, idempotent. @type {(a: Row[], b: Row[]) => Row[]} */
export function merge(a, b) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const row of [...a, ...b]) {
    const name = `${row[6]} ${row[0]}`;
    const other = rows.get(name);
    rows.set(name, other ? longer(row, other) : row);
  }
  return bounded([...rows.values()].sort(byTime));
}

/** What can be read, and what is wrong with the rest. @type {(text: string | null) => { rows: Row[], problem?: string }} */
function decode(text) {
  if (text === null) return { rows: [] };
  try {
    let log = JSON.parse(text);
    if (log.version > VERSION) return { rows: [], problem: NEWER };
    for (; log.version < VERSION; log.version++) log = { ...MIGRATIONS[log.version](log), version: log.version };
    const rows = log.attempts.filter(fits).sort(byTime);
    return { rows, problem: rows.length < log.attempts.length || log.version !== VERSION ? CORRUPT : "" };
  } catch {
    return { rows: [], problem: CORRUPT };
  }
}

export class Store {
  problem = "";
  /** @type {Row[]} */
  #rows = [];
  #last = lastOf([]);
  /** @type {string | null | undefined} */
  #text;
  #locked = false;
  /** @type {Map<string, string>} */
  memory = new Map();

  constructor(/** @type {() => Storage} */ area, /** @type {string} */ scope) {
    this.area = area;
    this.scope = scope;
    addEventListener("storage", ({ key }) => (key === scope || key === null) && this.#load(true));
  }

  get attempts() {
    if (this.#text === undefined) this.#load();
    return this.#rows;
  }

  /** @type {(id: string) => Row | undefined} */
  latest(id) {
    return this.attempts && this.#last.get(id);
  }

  /** A new attempt's time: after the last one's, even when the clock was set back. @type {(id: string) => number} */
  time(id) {
    const last = this.latest(id)?.[6] ?? 0;
    return Math.max(Date.now(), ahead(last) ? 0 : last + 1);
  }

  /** A new attempt, or the same one further on. @type {(row: Row) => void} */
  record(row) {
    this.#load();
    const last = this.#last.get(row[0]);
    if (last?.[6] === row[6]) {
      // Merged with what it replaces, it is what stays.
      if (longer(last, row) === last) row[5] = Math.round(10 * last[5] + 1) / 10;
      this.#rows[this.#rows.lastIndexOf(last)] = row;
    } else this.#rows.push(row);
    this.#last.set(row[0], row);
    this.#rows = bounded(this.#rows);
    this.#save();
  }

  /** Attempts from elsewhere. @type {(rows: Row[]) => void} */
  add(rows) {
    this.#load();
    this.#keep(merge(this.#rows, rows));
    this.#save();
  }

  /** Nothing in memory either, once the device holds nothing. */
  forget() {
    this.memory.clear();
    this.#keep([]);
    this.#text = null;
    this.#locked = false;
    this.problem = "";
  }

  /** A value of its own (a draft, a run, a badge), or null. @type {(name: string) => any} */
  get(name) {
    const key = `${this.scope}.${name}`;
    const text = this.#read(key) ?? "null";
    try {
      return JSON.parse(text);
    } catch {
      if (this.#setAside(key, text)) this.#write(key, "null");
      return null;
    }
  }

  /** The last tab to write wins. @type {(name: string, value: unknown) => void} */
  set(name, value) {
    this.#write(`${this.scope}.${name}`, JSON.stringify(value));
  }

  /** `answer`: write again what another tab's value lacks. */
  #load(answer = false) {
    const text = this.#read(this.scope);
    if (text === this.#text) return;
    this.#text = text;
    const { rows, problem } = decode(text);
    // What another tab deleted stays deleted.
    this.#keep(text === null ? [] : this.#rows.length ? merge(this.#rows, rows) : rows);
    this.#locked = problem === NEWER;
    if (problem === NEWER) this.problem = problem;
    if (problem === CORRUPT) this.#locked = !this.#setAside(this.scope, text ?? "");
    if (problem === CORRUPT || (answer && this.#rows.length > rows.length)) this.#save();
  }

  /** @type {(rows: Row[]) => void} */
  #keep(rows) {
    this.#rows = rows;
    this.#last = lastOf(rows);
  }

  #save() {
    if (this.#locked) return;
    const text = JSON.stringify({ version: VERSION, attempts: this.#rows });
    if (this.#write(this.scope, text)) this.#text = text;
  }

  /** Whether the copy is safe. @type {(key: string, text: string) => boolean} */
  #setAside(key, text) {
    const safe = this.#write(`${key}.aside.${Date.now()}`, text);
    if (safe) this.problem = CORRUPT;
    return safe;
  }

  /** @type {(key: string) => string | null} */
  #read(key) {
    try {
      return this.memory.get(key) ?? this.area().getItem(key);
    } catch {
      this.problem = DENIED;
      return (key === this.scope && this.#text) || null;
    }
  }

  /** Whether it is on the device; if not, it stays in memory. @type {(key: string, text: string) => boolean} */
  #write(key, text) {
    try {
      this.area().setItem(key, text);
      this.memory.delete(key);
      if (key === this.scope && this.problem === FULL) this.problem = "";
      return true;
    } catch (error) {
      if (key !== this.scope) this.memory.set(key, text);
      this.problem = /** @type {Error} */ (error).name === "SecurityError" ? DENIED : FULL;
      return false;
    }
  }
}

/** Several sites may share an origin: the scope is this site's root, as the theme's is. */
export const store = new Store(() => localStorage, `${new URL("../../", import.meta.url).pathname}.quizproof`);
