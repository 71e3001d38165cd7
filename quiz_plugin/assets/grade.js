/** Rules without a page. Shared vectors: tests/vectors/grade.json. */

/** @typedef {import("./types").Grade} Grade */

/**
 * A wrong choice takes back a right one, so that choosing everything earns nothing.
 * @type {(key: string[], chosen: string[]) => Grade}
 */
export function grade(key, chosen) {
  const picked = [...new Set(chosen)];
  const hits = picked.filter((letter) => key.includes(letter)).length;
  const earned = Math.max(0, 2 * hits - picked.length);
  const exact = hits === key.length && hits === picked.length;
  return { state: exact ? "right" : earned ? "partial" : "wrong", earned, of: key.length };
}

/** Concepts ticked in a model answer. @type {(ticked: number, total: number) => Grade} */
export const tally = (ticked, total) => ({
  state: ticked === total ? "right" : ticked ? "partial" : "wrong",
  earned: ticked,
  of: total,
});

/** @type {<T>(items: T[], random?: () => number) => T[]} */
export function shuffled(items, random = Math.random) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    [order[last], order[pick]] = [order[pick], order[last]];
  }
  return order;
}
