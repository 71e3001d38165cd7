/** What the attempts say, without a page: how well each question is known, topic by topic, week by week. */

/** @typedef {import("./types").Row} Row */
/** @typedef {import("./bank.js").Item} Item */
/** @typedef {"known" | "shaky" | "missed" | "untried"} Standing */
/** @typedef {Record<Standing, number> & { of: number }} Count */

export const STANDINGS = /** @type {Standing[]} */ (["known", "shaky", "missed", "untried"]);
const RATED = /** @type {Record<string, Standing>} */ ({ 1: "missed", 2: "shaky", 3: "known", 4: "known" });

/** What one attempt shows; `chosen` of a card is its rating. @type {(row: Row) => Standing} */
export function standing([, , chosen, score, hints]) {
  if (RATED[chosen]) return RATED[chosen];
  if (score === 1) return hints ? "shaky" : "known";
  return score ? "shaky" : "missed";
}

/** @type {(row: Row) => "right" | "partial" | "wrong"} */
export const resultOf = ([, , , score]) => (score === 1 ? "right" : score ? "partial" : "wrong");

/** @type {() => Count} */
const nothing = () => ({ known: 0, shaky: 0, missed: 0, untried: 0, of: 0 });

/**
 * For each topic and level; "" stands for all of them. The last attempt counts, unless the question changed since.
 * @type {(rows: Row[], items: Map<string, Item>) => Map<string, Map<string, Count>>}
 */
export function mastery(rows, items) {
  const last = new Map(rows.map((row) => [row[0], row]));
  /** @type {Map<string, Map<string, Count>>} */
  const table = new Map();
  for (const [id, { topics, level, hash }] of items) {
    const row = last.get(id);
    const found = row && row[1] === hash ? standing(row) : "untried";
    for (const topic of new Set(["", ...topics])) {
      const levels = table.get(topic) ?? new Map();
      table.set(topic, levels);
      for (const name of new Set(["", level])) {
        const count = levels.get(name) ?? nothing();
        levels.set(name, count);
        count[found] += 1;
        count.of += 1;
      }
    }
  }
  return table;
}

/** Midnight of the Monday on or before a time, in the reader's own days. @type {(time: number) => Date} */
function monday(time) {
  const day = new Date(time);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - ((day.getDay() + 6) % 7));
}

/** The last weeks, oldest first. @type {(rows: Row[], now: number, count: number) => { from: Date, right: number, other: number }[]} */
export function weeks(rows, now, count) {
  const first = monday(now);
  const found = Array.from({ length: count }, (_, at) => {
    const from = new Date(first);
    from.setDate(from.getDate() - 7 * (count - 1 - at));
    return { from, right: 0, other: 0 };
  });
  const places = new Map(found.map((week) => [week.from.getTime(), week]));
  for (const row of rows) {
    const week = places.get(monday(row[6]).getTime());
    if (week) week[row[3] === 1 ? "right" : "other"] += 1;
  }
  return found;
}
