/** Small helpers; text is always text, never HTML. */

/** @type {(root: ParentNode, selector: string) => HTMLElement} null, in truth, when there is none */
export const one = (root, selector) => /** @type {any} */ (root.querySelector(selector));

/** @type {(root: ParentNode, selector: string) => HTMLElement[]} */
export const all = (root, selector) => /** @type {any} */ ([...root.querySelectorAll(selector)]);

/** @type {(tag: string, attributes: Record<string, string>, ...children: (Node | string)[]) => HTMLElement} */
export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const name in attributes) node.setAttribute(name, attributes[name]);
  node.append(...children);
  return node;
}

/** @type {(action: string, label: string, type?: string) => HTMLElement} */
export const button = (action, label, type = "button") => make("button", { type, "data-action": action }, label);

/** What cannot be used now stays in its place, and keeps the focus. @type {(node: Element, off: boolean) => void} */
export const disable = (node, off) =>
  off ? node.setAttribute("aria-disabled", "true") : node.removeAttribute("aria-disabled");

/** @type {(from: Element, name: string, detail: object) => boolean} false when a listener cancelled it */
export const emit = (from, name, detail) =>
  from.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: name === "quiz-check", detail }));

/** The mode in which a question or card is met. @type {(item: Element) => string} */
export const modeOf = (item) => item.closest("quiz-set")?.getAttribute("data-mode") ?? "study";

/** Say something about the whole page, once, above its first question. @type {(text: string) => void} */
export function notice(text) {
  const first = one(document, "quiz-set, quiz-question, quiz-card");
  const line = one(document, ".quiz-notice") ?? make("p", { class: "quiz-notice", role: "status" });
  if (!text || !first || line.textContent === text) return;
  if (!line.isConnected) first.before(line);
  line.textContent = text;
}

/** Said when code did not arrive. */
export const lost = () => notice("A part of this page could not be loaded. Everything is listed below; reload to try again.");
