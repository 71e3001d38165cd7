/** All that is kept on this device for this site: counted, taken away, put back. */

import { store, VERSION } from "./store.js";

/** @typedef {import("./types").Kept} Kept */
/** @typedef {{ rows: import("./types").Row[], device: Map<string, string>, memory: Map<string, string> }} Erased */

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

/** What an export holds. @type {() => Kept} */
export function kept() {
  const badges = Object.entries(values("badge")).filter(([, value]) => isBadge(value));
  const drafts = Object.entries(values("draft")).filter(([, value]) => typeof value === "string" && value.trim());
  return { rows: store.attempts, badges: Object.fromEntries(badges), drafts: Object.fromEntries(drafts) };
}

/** The bytes of it all, as a file would hold them; and how much could not be read and was set aside. */
export function size() {
  const all = [...onDevice()];
  const aside = all.filter(([key]) => key.includes(".aside."));
  return { bytes: new Blob(all.flat()).size, aside: aside.length };
}

/** Add what a file holds. What is here already stays: a badge keeps its first day, a draft its text. @type {(other: Kept) => void} */
export function take({ rows, badges, drafts }) {
  const here = kept();
  store.add(rows);
  for (const set in badges) if (!(here.badges[set]?.time <= badges[set].time)) store.set(`badge.${set}`, badges[set]);
  for (const id in drafts) if (!Object.hasOwn(here.drafts, id)) store.set(`draft.${id}`, drafts[id]);
}

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
