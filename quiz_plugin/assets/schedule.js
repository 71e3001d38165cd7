/**
 * When each question comes back: a function of the attempts and the clock alone, so that merging attempts merges schedules.
 * Shared vectors: tests/vectors/fsrs.json.
 */

import { createEmptyCard, fsrs } from "./vendor/ts-fsrs.js";
import { ahead } from "./store.js";
import { several } from "./words.js";

/** @typedef {import("./types").Row} Row */
/** @typedef {import("./vendor/ts-fsrs").Card} Card */
/** @typedef {1 | 2 | 3 | 4} Rating again, hard, good, easy */
/** @typedef {{ id: string, due: number }} Due */

const scheduler = fsrs({ enable_fuzz: false });
const RATINGS = /** @type {Rating[]} */ ([1, 2, 3, 4]);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** A card was rated by the reader; a question by its result. @type {(row: Row) => Rating} */
export function ratingOf([, , chosen, score, hints]) {
  if (/^[1-4]$/.test(chosen)) return /** @type {Rating} */ (Number(chosen));
  return score < 1 ? 1 : hints ? 2 : 3;
}

/** Whether an attempt brings something new into Review: any rating of a card, and a question that was missed. */
const enters = (/** @type {Row} */ row) => /^[1-4]$/.test(row[2]) || row[3] < 1;

/** @type {(card: Card | undefined, row: Row) => Card} */
function after(card, row) {
  // What a clock that was set back says cannot be before the last time.
  const time = new Date(Math.max(row[6], card?.last_review?.getTime() ?? 0));
  return scheduler.next(card ?? createEmptyCard(time), time, ratingOf(row)).card;
}

/** What came into Review while the clock ran ahead: when that was, nobody knows. @type {(rows: Row[], now: number) => Set<string>} */
const undated = (rows, now) => new Set(rows.filter((row) => ahead(row[6], now) && enters(row)).map(([id]) => id));

/** The state of everything in Review, from the attempts whose time can be true. @type {(rows: Row[], now?: number) => Map<string, Card>} */
export function replay(rows, now = Infinity) {
  /** @type {Map<string, Card>} */
  const cards = new Map();
  const there = undated(rows, now);
  for (const row of rows) {
    const card = cards.get(row[0]);
    if (!ahead(row[6], now) && (card || there.has(row[0]) || enters(row))) cards.set(row[0], after(card, row));
  }
  return cards;
}

/** Everything in Review, what has been due longest first; what has no true time is due now. @type {(rows: Row[], now?: number) => Due[]} */
export function schedule(rows, now = Date.now()) {
  const cards = replay(rows, now);
  const all = [...cards].map(([id, card]) => ({ id, due: card.due.getTime() }));
  for (const id of undated(rows, now)) if (!cards.has(id)) all.push({ id, due: now });
  return all.sort((a, b) => a.due - b.due || (a.id < b.id ? -1 : 1));
}

/** In how many ms a card would come back, for again, hard, good and easy. @type {(rows: Row[], id: string, now: number) => number[]} */
export function intervals(rows, id, now) {
  const card = replay(rows.filter((row) => row[0] === id), now).get(id);
  const time = new Date(Math.max(now, card?.last_review?.getTime() ?? 0));
  const steps = scheduler.repeat(card ?? createEmptyCard(time), time);
  return RATINGS.map((rating) => steps[rating].card.due.getTime() - time.getTime());
}

/** A length of time in words, rounded. @type {(ms: number) => string} */
export function words(ms) {
  if (ms < HOUR) return `${Math.max(1, Math.round(ms / MINUTE))} min`;
  if (ms < DAY) return several(Math.round(ms / HOUR), "hour");
  const days = Math.round(ms / DAY);
  if (days < 31) return several(days, "day");
  if (days < 365) return several(Math.round(days / 30.4), "month");
  return several(Math.round(days / 36.5) / 10, "year");
}
