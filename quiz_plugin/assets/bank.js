/** Every question of the site: an index, and their HTML page by page when it is asked for. Made by quiz_plugin/bank.py. */

/**
 * @typedef {{ id: string, page: number, kind: string, level: string, topics: string[], outcomes?: string[], hash: string }} Item
 * @typedef {{ title: string, href: string }} Subject `href`: where what there is on it is listed, or an empty text
 */

export const VERSION = 1;
const LINKS = ["href", "src", "poster"];
const ROOT = new URL("../../", import.meta.url);

/** @type {(address: URL) => Promise<any>} */
async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
  return answer.json();
}

/** @type {(element: Element) => void} links from the site's root, as this page must have them */
function place(element) {
  for (const name of LINKS)
    for (const node of element.querySelectorAll(`[${name}]:not([${name}^="#"])`))
      node.setAttribute(name, new URL(node.getAttribute(name) ?? "", ROOT).href);
  for (const node of element.querySelectorAll("[srcset]")) {
    const sources = (node.getAttribute("srcset") ?? "").split(", ").map((source) => source.split(" "));
    node.setAttribute("srcset", sources.map(([link, ...size]) => [new URL(link, ROOT).href, ...size].join(" ")).join(", "));
  }
}

export class Bank {
  /** @type {Map<number, Promise<Record<string, string>>>} */
  #files = new Map();
  /** @type {Promise<Map<string, string>> | undefined} */
  #titles;

  /** @param {URL} folder @param {any} index */
  constructor(folder, { version, kinds, levels, topics, outcomes = [], pages, questions }) {
    if (version !== VERSION) throw new Error(`bank: version ${version}, expected ${VERSION}`);
    this.folder = folder;
    this.levels = /** @type {string[]} */ (levels);
    /** The topics' titles, in the site's order. @type {Map<string, string>} */
    this.topics = new Map(topics);
    this.pages = /** @type {[string, string][]} */ (pages).map(([url, title]) => ({ href: new URL(url, ROOT).href, title }));
    this.byOutcome = outcomes.length > 0;
    /** What verdicts are given on: outcomes where the site declares them, else topics. @type {Map<string, Subject>} */
    this.subjects = new Map();
    for (const [name, title, url] of this.byOutcome ? outcomes : topics)
      this.subjects.set(name, { title, href: url === undefined ? "" : new URL(url, ROOT).href });
    const names = [...this.topics.keys()];
    /** @type {Map<string, Item>} */
    this.items = new Map();
    for (const [id, page, kind, level, numbers, hash, served = []] of questions) {
      const its = numbers.map((/** @type {number} */ number) => names[number]);
      const aims = served.map((/** @type {number} */ number) => outcomes[number][0]);
      this.items.set(id, { id, page, kind: kinds[kind], level: levels[level] ?? "", topics: its, outcomes: aims, hash });
    }
  }

  /** Where a question stands. @type {(id: string) => string} */
  address(id) {
    const item = this.items.get(id);
    return item ? `${this.pages[item.page].href}#${id}` : "";
  }

  /** Every title, by id. @type {() => Promise<Map<string, string>>} */
  titles() {
    const named = (/** @type {string[]} */ texts) => new Map([...this.items.keys()].map((id, at) => [id, texts[at]]));
    this.#titles ??= json(new URL("titles.json", this.folder)).then(named);
    // The next time may go better.
    this.#titles.catch(() => (this.#titles = undefined));
    return this.#titles;
  }

  /** The subjects of a question. @type {(id: string) => string[]} */
  subjectsOf(id) {
    const item = this.items.get(id);
    return (this.byOutcome ? item?.outcomes : item?.topics) ?? [];
  }

  /** Fetch what will be needed soon. @type {(id: string) => Promise<Record<string, string>>} */
  fetch(id) {
    const page = this.items.get(id)?.page ?? -1;
    const known = this.#files.get(page);
    if (known) return known;
    const file = json(new URL(`${page}.json`, this.folder));
    this.#files.set(page, file);
    // The next time may go better.
    file.catch(() => this.#files.delete(page));
    return file;
  }

  /** A fresh element. @type {(id: string) => Promise<HTMLElement>} */
  async load(id) {
    const html = (await this.fetch(id))[id];
    const template = document.createElement("template");
    template.innerHTML = html ?? "";
    const element = template.content.firstElementChild;
    if (!element) throw new Error(`bank: no ${id}`);
    place(element);
    return /** @type {HTMLElement} */ (document.importNode(element, true));
  }
}

/** @type {Map<string, Promise<Bank>>} */
const opened = new Map();

/** `name`: what the build wrote into `data-bank`. @type {(name: string) => Promise<Bank>} */
export function openBank(name) {
  const known = opened.get(name);
  if (known) return known;
  const folder = new URL(`../${name}/`, import.meta.url);
  const bank = json(new URL("index.json", folder)).then((index) => new Bank(folder, index));
  opened.set(name, bank);
  bank.catch(() => opened.delete(name));
  return bank;
}
