/** The result of a finished challenge: time, each problem in a line, the badge; what to take away comes with share.js. */

import { badge } from "./badge.js";
import { make } from "./dom.js";
import { titleOf } from "./player.js";
import { store } from "./store.js";

/** @typedef {import("./types").Run} Run */

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return [minutes && `${minutes} min`, (rest || !minutes) && `${rest} s`].filter(Boolean).join(" ");
}

/** "1 min to 2 min", or one duration where all are alike. @param {number[]} seconds */
export function span(seconds) {
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  return least < most ? `${duration(least)} to ${duration(most)}` : duration(most);
}

/** @type {(run: Run) => number} */
export const rightOf = ({ ids, results }) => ids.filter((id) => results[id]?.state === "right").length;

/** @type {(run: Run) => number} */
export const secondsOf = ({ results }) => Math.round(Object.values(results).reduce((sum, { seconds }) => sum + seconds, 0));

/**
 * @param {DOMStringMap} data of the set
 * @param {HTMLElement[]} items what was asked, in the order of the page
 * @param {Run} run
 * @param {boolean} earned the badge
 */
export function report({ set = "", name: title = "Challenge", badge: name = "" }, items, run, earned) {
  const time = `Time used: ${duration(secondsOf(run))}.`;
  const won = earned ? badge(name, title, award(set, name)) : undefined;
  const away = make("div", { class: "quiz-share" });
  const states = items.map(({ id }) => run.results[id]?.state ?? "");
  const text = { title, count: `${rightOf(run)} of ${items.length} right`, states, time, badge: earned ? name : "" };
  // Without it the result is still there to be read.
  import("./share.js").then(({ share }) => share(away, text, won), () => {});
  const list = make("ol", { class: "quiz-results" }, ...items.map((item) => line(item, run)));
  return [...(won ? [won] : []), make("p", {}, time), list, away];
}

/** When the badge was first earned. @param {string} set @param {string} name */
function award(set, name) {
  const earned = { name, time: store.get(`badge.${set}`)?.time ?? Date.now() };
  store.set(`badge.${set}`, earned);
  return new Date(earned.time);
}

/** @param {HTMLElement} item @param {Run} run */
function line(item, { results }) {
  const { state = "unanswered", used = 0, late = false } = results[item.id] ?? {};
  const words = {
    right: `✓ right, attempt ${used}`,
    partial: "○ partly right",
    wrong: "✗ wrong",
  }[state];
  const text = words ?? (late ? "– not answered: the time ran out" : "– not answered");
  const word = make("span", { class: "quiz-mark" }, text);
  return make("li", { "data-state": state }, make("a", { href: `#${item.id}` }, titleOf(item)), " ", word);
}
