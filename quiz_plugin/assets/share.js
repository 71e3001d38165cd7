/** What can be taken away from a result: the text of it, and the badge as an image or on paper. */

import { button, make } from "./dom.js";

/** @typedef {{ title: string, count: string, states: string[], time: string, badge: string }} Summary */

const SIGNS = { right: "✓", partial: "○", wrong: "✗" };
const DRAWN = ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "text-anchor"];
const SCALE = 3;

/** @param {HTMLElement} place @param {Summary} summary @param {SVGElement} [badge] */
export function share(place, summary, badge) {
  const said = make("p", { role: "status" });
  const copy = button("share", "Copy the result as text");
  const save = button("save-badge", "Save the badge as an image");
  const paper = button("print-badge", "Print the badge");
  copy.addEventListener("click", () => copied(place, said, textOf(summary)));
  if (badge) {
    save.addEventListener("click", () => saved(badge, summary.badge));
    paper.addEventListener("click", printed);
  }
  place.append(make("div", { class: "quiz-controls" }, copy, ...(badge ? [save, paper] : [])), said);
}

/** No question's words are in it: who reads it may want to try as well. @param {Summary} summary */
export function textOf({ title, count, states, time, badge }) {
  const signs = states.map((state) => SIGNS[/** @type {keyof typeof SIGNS} */ (state)] ?? "–").join(" ");
  const address = location.href.replace(/#.*/, "");
  return [`${title}: ${count}`, signs, time, badge && `Badge: ${badge}`, address].filter(Boolean).join("\n");
}

/** @param {HTMLElement} place @param {HTMLElement} said @param {string} text */
async function copied(place, said, text) {
  place.querySelector("textarea")?.remove();
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied.";
  } catch {
    const field = /** @type {HTMLTextAreaElement} */ (make("textarea", { class: "quiz-draft", rows: "5", readonly: "" }, text));
    field.setAttribute("aria-label", "The result as text");
    said.textContent = "This browser does not let the page copy. The text below is selected: copy it yourself.";
    place.append(field);
    field.focus();
    field.select();
  }
}

/** As it looks now, without the page's style sheets. @param {SVGElement} badge */
function alone(badge) {
  const copy = /** @type {SVGElement} */ (badge.cloneNode(true));
  const [from, to] = [badge, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  from.forEach((node, at) => {
    const style = getComputedStyle(node);
    for (const name of DRAWN) to[at].setAttribute(name, style.getPropertyValue(name));
    to[at].removeAttribute("class");
  });
  const [, , width, height] = (badge.getAttribute("viewBox") ?? "").split(" ").map(Number);
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height }))
    copy.setAttribute(name, `${value}`);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

/** @param {SVGElement} badge @param {string} name */
async function saved(badge, name) {
  const { text, width, height } = alone(badge);
  const file = `badge-${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-")}`;
  const svg = new Blob([text], { type: "image/svg+xml" });
  const png = await pixels(svg, width * SCALE, height * SCALE).catch(() => null);
  download(png ?? svg, `${file}.${png ? "png" : "svg"}`);
}

/** A site's policy may forbid it. @param {Blob} svg @param {number} width @param {number} height */
async function pixels(svg, width, height) {
  const [image, canvas] = [new Image(), document.createElement("canvas")];
  const address = URL.createObjectURL(svg);
  Object.assign(canvas, { width, height });
  try {
    image.src = address;
    await image.decode();
    canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
    return await new Promise((/** @type {(blob: Blob | null) => void} */ done) => canvas.toBlob(done));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = /** @type {HTMLAnchorElement} */ (make("a", { href: URL.createObjectURL(blob), download: name }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Only the badge: see player.css. */
function printed() {
  const page = document.documentElement;
  page.dataset.quizPrint = "badge";
  addEventListener("afterprint", () => delete page.dataset.quizPrint, { once: true });
  print();
}
