/** The rules of a strength test, without a page: what is drawn, and what the answers say. */

import { words } from "./drawn.js";
import { shuffled } from "./shuffle.js";
import { several } from "./words.js";

/** @typedef {import("./bank.js").Item} Item */
/** @typedef {{ count: number, levels: [string, number][], topics: string[] }} Rule */

const COUNT = 10;
const STRONG = 0.8;
const SHAKY = 0.5;
const ENOUGH = 2;
const SAID = ["", "you guessed", "you thought right", "you were sure of"];

/** @type {(dataset: DOMStringMap) => Rule} */
export function ruleOf({ count, levels, topics }) {
  const wanted = words(levels).map((part) => part.split(":")).map(([level, n]) => /** @type {[string, number]} */ ([level, Number(n)]));
  const sum = wanted.reduce((total, [, n]) => total + n, 0);
  return { count: Number(count) || sum || COUNT, levels: wanted, topics: words(topics) };
}

/** What can be drawn: choice questions, of the rule's topics if it names any. @type {(items: Item[], rule: Rule) => Item[]} */
export const pool = (items, { topics }) =>
  items.filter(({ kind, topics: its }) => kind === "choice" && (!topics.length || its.some((name) => topics.includes(name))));

/**
 * So many of each level as the rule says, the rest evenly over the levels; what is in `avoid` only when nothing else is left.
 * Of what fits, the question comes whose outcomes were asked least: a verdict on each needs some.
 * @type {(items: Item[], levels: string[], rule: Rule, avoid?: string[], random?: () => number) => string[]}
 */
export function draw(items, levels, rule, avoid = [], random = Math.random) {
  const known = new Set(avoid);
  const left = shuffled(pool(items, rule), random);
  /** @type {Map<string, number>} */
  const asked = new Map();
  const least = (/** @type {Item} */ { outcomes = [] }) => Math.min(...outcomes.map((name) => asked.get(name) ?? 0));
  const sooner = (/** @type {Item} */ a, /** @type {Item} */ b) =>
    known.has(a.id) === known.has(b.id) ? least(a) < least(b) : known.has(b.id);
  /** @type {Item[]} */
  const picked = [];
  const take = (/** @type {(item: Item) => boolean} */ matches) => {
    const there = picked.length < rule.count ? left.filter(matches) : [];
    if (!there.length) return false;
    const item = there.reduce((best, other) => (sooner(other, best) ? other : best));
    for (const name of item.outcomes ?? []) asked.set(name, (asked.get(name) ?? 0) + 1);
    picked.push(...left.splice(left.indexOf(item), 1));
    return true;
  };
  for (const [level, n] of rule.levels) for (let taken = 0; taken < n; taken++) take((item) => item.level === level);
  for (const again of [false, true]) {
    let any = true;
    while (any) {
      const found = ["", ...levels].map((level) => take((item) => item.level === level && known.has(item.id) === again));
      any = found.includes(true);
    }
  }
  const order = ["", ...levels];
  return picked.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level)).map(({ id }) => id);
}

/** @type {(points: number, of: number) => "strong" | "shaky" | "weak" | "few"} */
export function verdict(points, of) {
  if (of < ENOUGH) return "few";
  const share = points / of;
  if (share >= STRONG) return "strong";
  return share >= SHAKY ? "shaky" : "weak";
}

/** Points per subject; a question counts for each of its subjects. @type {(rows: { subjects: string[], score: number }[]) => Map<string, { points: number, of: number }>} */
export function perSubject(rows) {
  /** @type {Map<string, { points: number, of: number }>} */
  const sums = new Map();
  for (const { subjects, score } of rows)
    for (const name of subjects) {
      const sum = sums.get(name) ?? { points: 0, of: 0 };
      sums.set(name, { points: sum.points + score, of: sum.of + 1 });
    }
  return sums;
}

/** "Of 4 answers you were sure of, 3 were right." @type {(results: { sure: number, state: string }[]) => string[]} */
export function calibration(results) {
  return [3, 2, 1].flatMap((sure) => {
    const said = results.filter((result) => result.sure === sure);
    const right = said.filter(({ state }) => state === "right").length;
    if (!said.length) return [];
    return `Of ${several(said.length, "answer")} ${SAID[sure]}, ${right} ${right === 1 ? "was" : "were"} right.`;
  });
}
