/**
 * Progress as files, described in docs/contribute/progress-files.md.
 * What fits is what progress.schema.json says; what is refused, and in which words: tests/vectors/export-refused.json.
 */

/** @typedef {import("./types").Row} Row */
/** @typedef {import("./types").Kept} Kept */
/** @typedef {import("./bank.js").Bank} Bank */
/** @typedef {Kept & { site: string, exported: string }} Export */
/**
 * As much of JSON Schema as ours uses; `title` says in words what is expected.
 * @typedef {{ title: string, type?: string, const?: unknown, enum?: unknown[], minimum?: number, maximum?: number,
 *   required?: string[], properties?: Record<string, Schema>, additionalProperties?: Schema | false, items?: Schema }} Schema
 */

const LARGEST = 20_000_000;
const CHOOSE = "Choose a file that a progress page exported; its name ends in .json.";
const AGAIN = "Export it again where it came from, and do not edit it.";
const COLUMNS = ["time", "question", "title", "topics", "level", "mode", "chosen", "score", "hints", "seconds", "confidence", "hash"];
const FIELDS = ["id", "hash", "chosen", "score", "hints", "seconds", "time", "mode", "confidence"];

/** A reason in words, for the reader. */
export class Refused extends Error {}

/** @type {(value: unknown) => value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @type {(value: any, schema: Schema) => boolean} without what is inside */
function fits(value, { type, const: only, enum: values, minimum = -Infinity, maximum = Infinity }) {
  if (only !== undefined) return value === only;
  if (values) return values.includes(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "string") return typeof value === "string";
  return (type === "integer" ? Number.isInteger(value) : Number.isFinite(value)) && value >= minimum && value <= maximum;
}

/** @type {(value: unknown) => string} */
function shown(value) {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  if (typeof value !== "string") return `${value}`;
  return value.length > 60 ? "a long text" : `“${value}”`;
}

/** @type {(path: (string | number)[]) => string} */
const where = (path) => path.map((part) => (typeof part === "number" ? `entry ${part + 1}` : `“${part}”`)).reverse().join(" of ");

/** What does not fit, first of all; nothing when all does. @type {(value: unknown, schema: Schema, path: (string | number)[]) => string} */
function misfit(value, schema, path) {
  if (!fits(value, schema)) return `${where(path)} is ${shown(value)}; expected ${schema.title}.`;
  const { required = [], properties = {}, additionalProperties, items } = schema;
  if (Array.isArray(value)) return items ? first(value.entries(), ([at, entry]) => misfit(entry, items, [...path, at])) : "";
  if (!isObject(value)) return "";
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing) return `${where([...path, missing])} is missing; expected ${properties[missing].title}.`;
  return first(Object.entries(value), ([name, inner]) => {
    const its = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    return its ? misfit(inner, its, [...path, name]) : `${where([...path, name])} is not part of the format.`;
  });
}

/** @template T @param {Iterable<T>} entries @param {(entry: T) => string} look */
function first(entries, look) {
  for (const entry of entries) {
    const found = look(entry);
    if (found) return found;
  }
  return "";
}

/** @type {(text: string) => unknown} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`It is not JSON. ${CHOOSE}`);
  }
}

/** The whole file, or a refusal of the whole file. @type {(text: string, schema: Schema) => Export} */
export function unpack(text, schema) {
  const file = /** @type {any} */ (parse(text));
  const { format, version } = /** @type {Record<string, Schema>} */ (schema.properties);
  if (!isObject(file)) throw new Refused(`It is ${shown(file)}, and no exported progress. ${CHOOSE}`);
  if (!("format" in file)) throw new Refused(`“format” is missing; expected ${format.title}. ${CHOOSE}`);
  const foreign = misfit(file.format, format, ["format"]);
  if (foreign) throw new Refused(`${foreign} ${CHOOSE}`);
  if (Number(file.version) > Number(version.const))
    throw new Refused(
      `“version” is ${shown(file.version)}, and only version ${version.const} can be read here. ` +
        "Reload the page to get its newest version, then try again.",
    );
  const found = misfit(file, schema, []);
  if (found) throw new Refused(`${found} ${AGAIN}`);
  const { site, exported, badges, drafts, attempts } = /** @type {any} */ (file);
  const rows = attempts.map((/** @type {Record<string, unknown>} */ attempt) => {
    const values = FIELDS.map((name) => attempt[name]);
    return attempt.confidence === undefined ? values.slice(0, -1) : values;
  });
  return { site, exported, badges, drafts, rows };
}

/** @type {(file: File) => Promise<Export>} */
export async function read(file) {
  if (file.size > LARGEST) throw new Refused(`It is larger than 20 MB, and no export is. ${CHOOSE}`);
  const [text, answer] = await Promise.all([
    file.text().catch(() => {
      throw new Refused("This browser could not read it. Choose it again.");
    }),
    fetch(new URL("progress.schema.json", import.meta.url)).catch(() => null),
  ]);
  const schema = answer?.ok && (await answer.json().catch(() => null));
  if (!schema) throw new Refused("What a file must look like could not be loaded. Check the connection, then try again.");
  return unpack(text, schema);
}

/** @type {(kept: Kept, site: string, now: number) => string} */
export function pack({ rows, badges, drafts }, site, now) {
  const attempts = rows.map((row) => Object.fromEntries(row.map((value, at) => [FIELDS[at], value])));
  // One attempt a line: such files can be compared.
  const lines = attempts.map((attempt) => `    ${JSON.stringify(attempt)}`).join(",\n");
  const head = { format: "quizproof-progress", version: 1, site, exported: new Date(now).toISOString(), badges, drafts };
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "attempts": [${lines && `\n${lines}\n  `}]\n}\n`;
}

/** What a spreadsheet would take for a formula stays text. @type {(value: unknown) => string} */
function cell(value) {
  const text = typeof value === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : `${value ?? ""}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, with a byte order mark: spreadsheets read it as UTF-8. @type {(rows: Row[], bank: Bank, titles: Map<string, string>) => string} */
export function csv(rows, { items }, titles) {
  const lines = rows.map(([id, hash, chosen, score, hints, seconds, time, mode, confidence]) => {
    const { topics = [], level = "" } = items.get(id) ?? {};
    const when = new Date(time).toISOString();
    const cells = [when, id, titles.get(id), topics.join(" "), level, mode, chosen, score, hints, seconds, confidence, hash];
    return cells.map(cell).join(",");
  });
  return `\ufeff${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}
