/** How much is due for review: said by `<quiz-due>`, and counted for the progress page. Nothing is loaded before it is needed. */

import { make } from "./dom.js";
import { store } from "./store.js";

/** @typedef {{ now: number, today: number, tomorrow: number, week: number }} Counts `week`: the six days after tomorrow */

/** @type {(times: number[], now: number) => Counts} in the reader's own days */
export function counted(times, now) {
  const date = new Date(now);
  const midnight = (/** @type {number} */ days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
  const between = (/** @type {number} */ from, /** @type {number} */ to) => times.filter((time) => time > from && time <= to).length;
  return {
    now: between(-Infinity, now),
    today: between(now, midnight(1)),
    tomorrow: between(midnight(1), midnight(2)),
    week: between(midnight(2), midnight(8)),
  };
}

/** Nothing when nothing is in Review; a question that the site no longer has is not due. @type {(name: string) => Promise<Counts | undefined>} */
export async function dueCounts(name) {
  const rows = store.attempts;
  if (!name || !rows.length) return;
  const { schedule } = await import("./schedule.js");
  const all = schedule(rows);
  if (!all.length) return;
  const { openBank } = await import("./bank.js");
  const { items } = await openBank(name);
  const times = all.filter(({ id }) => items.has(id)).map(({ due }) => due);
  return times.length ? counted(times, Date.now()) : undefined;
}

class Due extends HTMLElement {
  async connectedCallback() {
    // A count is a convenience: a page without it is whole.
    const counts = await dueCounts(this.dataset.bank ?? "").catch(() => undefined);
    if (!counts) return this.replaceChildren();
    this.replaceChildren(counts.now ? make("strong", {}, `${counts.now} due now`) : "Nothing is due now");
  }
}

customElements.define("quiz-due", Due);
