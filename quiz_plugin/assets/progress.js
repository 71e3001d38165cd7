/** The page of the reader's own progress: made from what this device keeps, and from the site's bank. */

import { badge } from "./badge.js";
import { Bank, openBank, VERSION } from "./bank.js";
import { bar, columns, legend, table } from "./charts.js";
import { Data } from "./data.js";
import { all, make } from "./dom.js";
import { dueCounts } from "./due.js";
import { History } from "./history.js";
import { kept } from "./kept.js";
import { mastery, STANDINGS, weeks } from "./mastery.js";
import { store } from "./store.js";
import { styled } from "./style.js";
import { capital, day, several } from "./words.js";

/** @typedef {import("./due.js").Counts} Counts */
/** @typedef {import("./mastery.js").Count} Count */
/** @typedef {import("./types").Kept["badges"]} Badges */

const ROOT = new URL("../../", import.meta.url);
const WEEKS = 12;
const NAMES = { known: "known", shaky: "shaky", missed: "missed", untried: "not tried" };
const HOW =
  "Your last answer to each question counts. It is known when that was right without a hint, or you rated the card Good or Easy; " +
  "shaky when it was partly right, or right with a hint, or the card was Hard; missed when it was wrong, or the card was Again. " +
  "The percentage is the share of known questions among all of a topic, tried or not. " +
  "A question that has changed since you answered it counts as not tried.";
const NO_BANK = "The list of this site’s questions could not be loaded: what you know by topic and what is due are not shown. What is kept is safe. Reload to try again.";

/** @type {(title: string, ...children: (Node | string)[]) => HTMLElement} */
const section = (title, ...children) => make("section", {}, make("h2", {}, title), ...children);

/** @type {(value: string, words: string) => HTMLElement} */
const figure = (value, words) => make("div", {}, make("dt", {}, words), make("dd", {}, value));

/** "quizzes/challenge/", "quizzes/challenge.html", "quizzes/challenge/index" → "quizzes/challenge" @type {(path: string) => string} */
const bare = (path) => path.replace(/(\/|\.html|(^|\/)index)+$/, "");

const NOTHING = new Bank(ROOT, { version: VERSION, kinds: [], levels: [], topics: [], pages: [], questions: [] });

class Progress extends HTMLElement {
  async connectedCallback() {
    if (this.dataset.state) return;
    this.dataset.state = "loading";
    const name = this.dataset.bank ?? "";
    // All that comes is here before anything is shown: nothing moves.
    const [bank, due] = await Promise.all([openBank(name).catch(() => NOTHING), dueCounts(name).catch(() => undefined)]);
    if (store.attempts.length) await bank.titles().catch(() => {});
    if (this.isConnected) new Page(this, bank).render(due);
    this.dataset.state = "ready";
  }
}

class Page {
  notice = make("p", { class: "quiz-notice", role: "status" });
  begin = make("div", {});
  figures = make("dl", { class: "quiz-figures" });
  due = make("div", {});
  body = make("div", {});

  /** @param {HTMLElement} place @param {Bank} bank NOTHING when it could not be loaded */
  constructor(place, bank) {
    this.place = place;
    this.bank = bank;
    this.history = new History(bank);
    this.data = new Data(bank, () => this.render());
    this.past = section("History", ...this.history.nodes);
    this.past.hidden = true;
    place.replaceChildren(this.notice, this.begin, this.figures, this.due, this.body, this.past, this.data.node);
    addEventListener("storage", ({ key }) => (key === null || key.startsWith(store.scope)) && this.#follow());
  }

  /** What another tab did is shown once the reader is not in what it replaces: the focus is never lost. */
  #follow() {
    if (!this.place.isConnected) return;
    const busy = [this.due, this.body, this.history.list].some((node) => node.contains(document.activeElement));
    if (!busy) return this.render();
    // When the focus leaves, it is nowhere until it arrives.
    this.place.addEventListener("focusout", () => setTimeout(() => this.#follow()), { once: true });
  }

  /** @param {Counts} [due] where it is known already */
  render(due) {
    const rows = store.attempts;
    const { badges } = kept();
    const earned = Object.keys(badges).length;
    const counts = mastery(rows, this.bank.items);
    const total = counts.get("")?.get("");
    this.notice.textContent = [store.problem, this.bank === NOTHING ? NO_BANK : ""].filter(Boolean).join(" ");
    this.notice.hidden = !this.notice.textContent;
    this.begin.replaceChildren(...(rows.length || earned ? [] : [beginning()]));
    this.figures.hidden = !rows.length;
    this.figures.replaceChildren(
      ...(total ? [figure(`${total.known} of ${total.of}`, "questions and cards known")] : []),
      figure(rows.length.toLocaleString("en"), rows.length === 1 ? "answer" : "answers"),
      figure(`${earned}`, earned === 1 ? "badge" : "badges"),
    );
    const open = all(this.body, "[open] > summary").map((node) => node.textContent);
    this.body.replaceChildren(
      ...(total && rows.length ? [this.#mastery(counts)] : []),
      ...(rows.length ? [activity(rows)] : []),
      ...(rows.length || earned ? [this.#badges(badges)] : []),
    );
    for (const node of all(this.body, "summary")) node.parentElement?.toggleAttribute("open", open.includes(node.textContent));
    this.data.update();
    this.#past();
    if (due) this.#say(due);
    else
      dueCounts(this.place.dataset.bank ?? "")
        .catch(() => undefined)
        // What came in between counts.
        .then((counts) => rows === store.attempts && this.#say(counts));
  }

  /** @type {(found: Map<string, Map<string, Count>>) => HTMLElement} */
  #mastery(found) {
    const { topics, levels } = this.bank;
    const used = levels.filter((level) => found.get("")?.has(level));
    const named = [...topics].filter(([id]) => found.has(id));
    const bars = named.map(([id, title]) => masteryBar(title, /** @type {Count} */ (found.get(id)?.get(""))));
    const rows = [...named, ["", "All topics"]].map(([id, title]) => [
      title,
      ...[...used, ""].map((level) => {
        const count = found.get(id)?.get(level);
        return count ? `${count.known} of ${count.of}` : "–";
      }),
    ]);
    const parts = named.map(([id, title]) => [title, ...STANDINGS.map((name) => `${found.get(id)?.get("")?.[name]}`)]);
    return section(
      "What you know",
      make("ul", { class: "quiz-bars", role: "list" }, ...bars),
      legend(STANDINGS.map((name) => [name, NAMES[name]])),
      unfolded("The bars as a table", table("Questions and cards by topic", ["Topic", ...STANDINGS.map((name) => capital(NAMES[name]))], parts)),
      table("Questions and cards known, by topic and level", ["Topic", ...used.map(capital), "All levels"], rows, true),
      make("p", { class: "quiz-how" }, HOW),
    );
  }

  /** @type {(badges: Badges) => HTMLElement} */
  #badges(badges) {
    const earned = Object.entries(badges).sort(([, a], [, b]) => a.time - b.time);
    if (!earned.length) return section("Badges", make("p", {}, "None yet. A timed challenge in which every answer is right earns one."));
    styled("player.css");
    const nodes = earned.map(([set, { name, time }]) => make("li", {}, badge(name, this.#titleOf(set), new Date(time))));
    return section("Badges", make("ul", { class: "quiz-badges", role: "list" }, ...nodes));
  }

  /** Of the page that a set is on. @type {(set: string) => string} */
  #titleOf(set) {
    const page = this.bank.pages.find(({ href }) => bare(href.slice(ROOT.href.length)) === bare(set));
    return page?.title ?? set;
  }

  async #past() {
    if (!store.attempts.length) this.past.hidden = true;
    else {
      const titles = await this.bank.titles().catch(() => new Map());
      this.past.hidden = !store.attempts.length;
      this.history.update(store.attempts, titles);
    }
  }

  /** What is due. @param {Counts} [counts] */
  #say(counts) {
    if (!counts) return this.due.replaceChildren();
    const { now, today, tomorrow, week } = counts;
    const words = now ? `${several(now, "question")} or ${now === 1 ? "card is" : "cards are"} due for review now.` : "Nothing is due for review now.";
    const later = [today && `${today} later today`, tomorrow && `${tomorrow} tomorrow`, week && `${week} in the six days after`];
    const coming = later.filter(Boolean).join(", ");
    const text = make("p", {}, words, coming && ` Coming: ${coming}.`);
    const { review } = this.place.dataset;
    if (review && now) text.append(" ", make("a", { href: review }, "Start the review"));
    this.due.replaceChildren(section("Due today", text));
  }
}

/** What to do where there is nothing yet. */
function beginning() {
  const home = make("a", { href: ROOT.href }, "Choose how to begin");
  const words = "Nothing is kept yet. Answer a question or rate a card on this site: what you know, what is due, and every answer then stand here.";
  return make("p", { class: "quiz-begin" }, words, " ", home);
}

/** @type {(title: string, count: Count) => HTMLElement} */
function masteryBar(title, count) {
  const words = STANDINGS.map((name) => `${count[name]} ${NAMES[name]}`).join(", ");
  const parts = /** @type {[string, number][]} */ (STANDINGS.map((name) => [name, count[name]]));
  const share = `${Math.round((100 * count.known) / count.of)} %`;
  return make("li", {}, make("span", {}, title), bar(`${title}: ${words}`, parts, count.of), make("span", {}, share));
}

/** @type {(rows: import("./types").Row[]) => HTMLElement} */
function activity(rows) {
  const found = weeks(rows, Date.now(), WEEKS);
  const total = found.reduce((sum, { right, other }) => sum + right + other, 0);
  const most = Math.max(...found.map(({ right, other }) => right + other));
  const label = `${several(total, "answer")} in the last ${WEEKS} weeks; the numbers are in the table.`;
  const lines = found.map(({ from, right, other }) => [day(from), `${right}`, `${other}`]).reverse();
  return section(
    `The last ${WEEKS} weeks`,
    make("p", {}, `${several(total, "answer")}, at most ${most.toLocaleString("en")} in a week.`),
    columns(label, found.map(({ right, other }) => [right, other])),
    make("p", { class: "quiz-scale" }, make("span", {}, day(found[0].from)), make("span", {}, "this week")),
    legend([["known", "right"], ["other", "partly right or wrong"]]),
    unfolded("The columns as a table", table("Answers by week", ["Week from", "Right", "Partly right or wrong"], lines)),
  );
}

/** @type {(summary: string, node: Node) => HTMLElement} */
const unfolded = (summary, node) => make("details", { class: "quiz-unfold" }, make("summary", {}, summary), node);

customElements.define("quiz-progress", Progress);
