/** The badge of a finished set, drawn as SVG. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {(Node | string)[]} children
 */
function draw(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, `${value}`);
  node.append(...children);
  return node;
}

/**
 * @param {string} text
 * @param {number} width in letters
 * @returns {string[]} lines
 */
function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * @param {string} name
 * @param {string} set title of the set
 * @param {Date} date
 */
export function badge(name, set, date) {
  const day = date.toLocaleDateString(document.documentElement.lang || "en", { dateStyle: "long" });
  const lines = wrap(name, 18);
  const foot = 96 + lines.length * 22;
  const label = lines.map((line, at) => draw("text", { class: "quiz-badge-name", x: 160, y: 94 + at * 22 }, line));
  const points = Array.from({ length: 24 }, (_, at) => {
    const [angle, reach] = [(at * Math.PI) / 12, at % 2 ? 24 : 28];
    return `${(160 + reach * Math.sin(angle)).toFixed(1)},${(40 - reach * Math.cos(angle)).toFixed(1)}`;
  }).join(" ");
  return draw(
    "svg",
    { class: "quiz-badge", viewBox: `0 0 320 ${foot + 36}`, role: "img", "aria-label": `Badge: ${name}. ${set}, ${day}.` },
    draw("rect", { class: "quiz-badge-field", x: 1, y: 1, width: 318, height: foot + 34, rx: 10 }),
    draw("polygon", { class: "quiz-badge-seal", points }),
    draw("path", { class: "quiz-badge-tick", d: "M149 41 l8 8 l15 -17" }),
    ...label,
    draw("text", { class: "quiz-badge-set", x: 160, y: foot + 2 }, set),
    draw("text", { class: "quiz-badge-set", x: 160, y: foot + 20 }, day),
  );
}
