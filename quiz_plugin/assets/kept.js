/** All that is kept on this device for this site: counted, taken away, put back. */

import { store, VERSION } from "./store.js";

/** @typedef {import("./types").Kept} Kept */
/** @typedef {Kept["badges"][string]} Badge */
/** @typedef {{ rows: import("./types").Row[], device: Map<string, string>, memory: Map<string, string> }} Erased */

/** A line of its own between what was written on one device and on another. */
const CUT = /^\s*\* \* \*\s*$/m;

const mine = (/** @type {string} */ key) => key === store.scope || key.startsWith(`${store.scope}.`);

/** What the device holds, by its key; nothing where storage is denied. @type {() => Map<string, string>} */
function onDevice() {
  try {
    const area = store.area();
    return new Map(Object.keys(area).filter(mine).map((key) => [key, area.getItem(key) ?? ""]));
  } catch {
    return new Map();
  }
}

/** The values "prefix.NAME", by their NAME. @type {(prefix: string) => Record<string, any>} */
function values(prefix) {
  const start = `${store.scope}.${prefix}.`;
  const keys = [...onDevice().keys(), ...store.memory.keys()].filter((key) => key.startsWith(start));
  const found = keys.map((key) => [key.slice(start.length), store.get(key.slice(store.scope.length + 1))]);
  return Object.fromEntries(found.filter(([, value]) => value !== null));
}

const isBadge = (/** @type {any} */ value) => typeof value?.name === "string" && Number.isInteger(value.time);

/** What a draft says, part by part. @type {(draft: string) => string[]} */
export const parts = (draft) => draft.split(CUT).map((text) => text.trim()).filter(Boolean);

/** What an export holds. @type {() => Kept} */
export function kept() {
  const badges = Object.entries(values("badge")).filter(([, value]) => isBadge(value));
  const drafts = Object.entries(values("draft")).filter(([, value]) => typeof value === "string" && parts(value).length);
  return { rows: store.attempts, badges: Object.fromEntries(badges), drafts: Object.fromEntries(drafts) };
}

/** The bytes of it all, as a file would hold them; and how much could not be read and was set aside. */
export function size() {
  const all = [...onDevice()];
  const aside = all.filter(([key]) => key.includes(".aside."));
  return { bytes: new Blob(all.flat()).size, aside: aside.length };
}

/** The one of the first day; of one day, the one whose name is first. @type {(a: Badge, b: Badge) => Badge} */
const earlier = (a, b) => ((a.time - b.time || (a.name < b.name ? -1 : 1)) < 0 ? a : b);

/**
 * Both, one below the other, however often they meet; a text that the other has in it is not said again.
 * @type {(a: string, b: string) => string}
 */
export function both(a, b) {
  if (a === b) return a;
  const texts = [...new Set([a, b].flatMap(parts))];
  return texts.filter((text) => !texts.some((other) => other !== text && other.includes(text))).sort().join("\n\n* * *\n\n");
}

/** What two devices keep is the same, whichever took from the other first; no answer and no word is lost. @type {(other: Kept) => void} */
export function take({ rows, badges, drafts }) {
  const here = kept();
  store.add(rows);
  for (const [set, badge] of Object.entries(badges)) {
    const mine = own(here.badges, set);
    store.set(`badge.${set}`, mine ? earlier(mine, badge) : badge);
  }
  for (const [id, draft] of Object.entries(drafts)) {
    const mine = own(here.drafts, id);
    if (parts(draft).length) store.set(`draft.${id}`, mine ? both(mine, draft) : draft);
  }
}

/** @type {<T>(values: Record<string, T>, name: string) => T | undefined} */
const own = (values, name) => (Object.hasOwn(values, name) ? values[name] : undefined);

/** @type {() => Erased} */
export function erase() {
  const erased = { rows: store.attempts, device: onDevice(), memory: new Map(store.memory) };
  for (const key of erased.device.keys()) store.area().removeItem(key);
  store.forget();
  return erased;
}

/** Put back what was erased, and keep what came since. @type {(erased: Erased) => void} */
export function restore({ rows, device, memory }) {
  const now = onDevice();
  for (const [key, text] of device) if (!now.has(key)) put(key, text);
  const old = device.get(store.scope);
  // What a newer version of the site wrote cannot be merged with what came since.
  if (old !== undefined && now.has(store.scope) && isForeign(old)) put(`${store.scope}.aside.${Date.now()}`, old);
  for (const [key, text] of memory) if (!now.has(key)) store.memory.set(key, text);
  store.add(rows);
}

/** @type {(key: string, text: string) => void} */
function put(key, text) {
  try {
    store.area().setItem(key, text);
  } catch {
    if (key !== store.scope) store.memory.set(key, text);
  }
}

/** @type {(text: string) => boolean} */
function isForeign(text) {
  try {
    return JSON.parse(text).version > VERSION;
  } catch {
    return true;
  }
}
