/** The rules of a strength test, without a page: what is drawn, and what the answers say. */

import { several, words } from "./drawn.js";
import { shuffled } from "./grade.js";

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

/**
 * So many of each level as the rule says, the rest evenly over the levels; what is in `avoid` only when nothing else is left.
 * @type {(items: Item[], levels: string[], rule: Rule, avoid?: string[], random?: () => number) => string[]}
 */
export function draw(items, levels, rule, avoid = [], random = Math.random) {
  const known = new Set(avoid);
  const fits = (/** @type {Item} */ item) =>
    item.kind === "choice" && (!rule.topics.length || item.topics.some((name) => rule.topics.includes(name)));
  const pool = shuffled(items.filter(fits), random);
  const left = [...pool.filter(({ id }) => !known.has(id)), ...pool.filter(({ id }) => known.has(id))];
  /** @type {Item[]} */
  const picked = [];
  const take = (/** @type {(item: Item) => boolean} */ matches) => {
    const at = picked.length < rule.count ? left.findIndex(matches) : -1;
    if (at >= 0) picked.push(...left.splice(at, 1));
    return at >= 0;
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

/** @type {(points: number, of: number) => "strong" | "shaky" | "weak"} */
export function verdict(points, of) {
  const share = of ? points / of : 0;
  if (share >= STRONG && of >= ENOUGH) return "strong";
  return share >= SHAKY ? "shaky" : "weak";
}

/** Points per topic; a question counts for each of its topics. @type {(rows: { topics: string[], score: number }[]) => Map<string, { points: number, of: number }>} */
export function perTopic(rows) {
  /** @type {Map<string, { points: number, of: number }>} */
  const sums = new Map();
  for (const { topics, score } of rows)
    for (const topic of topics) {
      const sum = sums.get(topic) ?? { points: 0, of: 0 };
      sums.set(topic, { points: sum.points + score, of: sum.of + 1 });
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
