/** Rules without a page. Shared vectors: tests/vectors/grade.json. */

/** A wrong choice takes back a right one: all of them earn nothing. @type {(key: string[], chosen: string[]) => import("./types").Grade} */
export function grade(key, chosen) {
  const picked = [...new Set(chosen)];
  const hits = picked.filter((letter) => key.includes(letter)).length;
  const earned = Math.max(0, 2 * hits - picked.length);
  const exact = hits === key.length && hits === picked.length;
  return { state: exact ? "right" : earned ? "partial" : "wrong", earned, of: key.length };
}
