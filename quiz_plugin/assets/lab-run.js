/**
 * A lab's side of the Python worker: its files are brought once, its function is called with the newest settings.
 *
 * @typedef {import("./lab-show.js").Result} Result
 * @typedef {import("./protocol.js").Job} Job
 * @typedef {import("./protocol.js").PageFiles} PageFiles
 * @typedef {import("./protocol.js").WorkerMessage} WorkerMessage
 * @typedef {import("./protocol.js").EndedMessage} EndedMessage
 * @typedef {Record<string, string | number | boolean>} Settings
 *
 * @typedef {object} Lab what the element knows of itself
 * @property {string} id
 * @property {string} call MODULE.FUNCTION
 * @property {string[]} packages
 * @property {number} seconds
 * @property {string[]} files URLs
 *
 * @typedef {object} Heard
 * @property {(words: string, share: number | null) => void} progress
 * @property {(result: Result) => void} result
 * @property {(words: string) => void} failed
 */
import { explain, opened } from "./python-kernel.js";

const AGAIN = "Press Start to try again.";

/** @param {number} bytes */
const mega = (bytes) => (bytes / 1e6).toFixed(1);

/** Why a file did not come. @extends {Error} */
class Missing extends Error {}

export class LabRun {
  /** @type {PageFiles | null} */
  #files = null;
  #loading = new AbortController();
  /** @type {Job | null} the one under way */
  #job = null;
  /** @type {Settings | null} the newest that wait for it */
  #next = null;
  #output = "";

  /** @param {Lab} lab @param {string} manifest @param {Heard} heard */
  constructor(lab, manifest, heard) {
    this.lab = lab;
    this.heard = heard;
    this.kernel = opened(manifest);
  }

  /** Bring Python and the files, then answer for the first time. @param {Settings} settings */
  async start(settings) {
    this.#next = settings;
    this.heard.progress("Loading the files of the lab…", null);
    this.kernel.load(this.lab.packages);
    try {
      const pairs = await Promise.all(this.lab.files.map((url) => this.#fetch(url)));
      this.#files = Object.fromEntries(pairs);
    } catch (error) {
      if (!this.#loading.signal.aborted) this.heard.failed(error instanceof Missing ? error.message : String(error));
      return;
    }
    if (!this.#loading.signal.aborted) this.#go(true);
  }

  /** @param {string} url @returns {Promise<[string, Uint8Array]>} */
  async #fetch(url) {
    const file = decodeURIComponent(new URL(url).pathname.split("/").pop() ?? "");
    const said = (/** @type {"network" | "missing"} */ cause, detail = "") =>
      new Missing(explain({ type: "ended", cause, file, detail, lost: false }, AGAIN));
    // Asked for anew: modules and data must be of one version.
    const response = await fetch(url, { cache: "no-cache", signal: this.#loading.signal }).catch(() => null);
    if (!response) throw said("network");
    if (!response.ok) throw said("missing", String(response.status));
    const bytes = await response.arrayBuffer().catch(() => null);
    if (!bytes) throw said("network");
    return [file, new Uint8Array(bytes)];
  }

  /** Answer for these settings as soon as the answer under way is there; only the newest ones wait.
   * @param {Settings} settings */
  want(settings) {
    this.#next = settings;
    if (!this.#job && this.#files) this.#go(false);
  }

  get busy() {
    return Boolean(this.#job);
  }

  stop() {
    this.#loading.abort();
    const job = this.#job;
    this.#next = this.#job = null;
    if (job) this.kernel.cancel(job);
  }

  /** @param {boolean} whole send the files along */
  #go(whole) {
    const settings = this.#next;
    if (!settings) return;
    this.#next = null;
    this.#output = "";
    const [module, name] = this.lab.call.split(".");
    const given = JSON.stringify(JSON.stringify(settings));
    const json = '__import__("json")';
    /** @type {Job} */
    const job = {
      page: location.pathname,
      block: this.lab.id,
      code: `print(${json}.dumps(__import__("${module}").${name}(**${json}.loads(${given}))))`,
      packages: this.lab.packages,
      fresh: false,
      seconds: this.lab.seconds,
      files: whole && this.#files ? this.#files : undefined,
      receive: (message) => {
        if (job === this.#job) this.#receive(message, settings, whole);
      },
    };
    this.#job = job;
    this.kernel.submit(job);
  }

  /** @param {WorkerMessage | EndedMessage} message @param {Settings} settings @param {boolean} whole */
  #receive(message, settings, whole) {
    if (message.type === "progress") return this.#progress(message.stage, message.loaded, message.total);
    if (message.type === "output") this.#output += message.stream === "out" ? message.text : "";
    if (message.type === "ended") this.#end(explain(message, AGAIN, this.lab.seconds));
    if (message.type !== "done") return;
    const { exception } = message;
    this.#job = null;
    // Another block or lab has had the worker ended, or the page has been left and come back to: its files are gone.
    if (exception?.type === "ModuleNotFoundError" && !whole) {
      this.#next ??= settings;
      return this.#go(true);
    }
    if (exception) return this.#end(`The lab's code raised ${exception.type}: ${exception.message}. ${AGAIN}`);
    let result;
    try {
      result = JSON.parse(this.#output);
    } catch {
      return this.#end(`The lab's code said something else than a result. ${AGAIN}`);
    }
    this.#go(false);
    this.heard.result(result);
  }

  /** @param {"download" | "start"} stage @param {number} loaded @param {number | null} total */
  #progress(stage, loaded, total) {
    if (stage === "start") return this.heard.progress("Starting Python…", null);
    const words = `Loading Python: ${total ? `${mega(loaded)} of ${mega(total)}` : mega(loaded)} MB`;
    this.heard.progress(words, total ? loaded / total : null);
  }

  /** @param {string} words */
  #end(words) {
    this.#job = this.#next = null;
    this.heard.failed(words);
  }
}
