/**
 * The tab's one Python worker, seen from the page: opened on intent, given one job at a time, ended on Stop.
 * The next one is started at once, with what the last one had fetched, checked and compiled; beside a block that runs
 * for long it is started before anybody stops it.
 *
 * @typedef {{worker: Worker, port: MessagePort}} Link
 * @typedef {import("./protocol.js").Job} Job
 * @typedef {import("./protocol.js").Cause} Cause
 * @typedef {import("./protocol.js").Kept} Kept
 * @typedef {import("./protocol.js").EndedMessage} EndedMessage
 * @typedef {import("./protocol.js").PageMessage} PageMessage
 * @typedef {import("./protocol.js").WorkerMessage} WorkerMessage
 */

/** Loading without a sign of life for so long (ms) is given up. */
const STALL = 30_000;
/** What has arrived is started without one (ms); a slow device takes its time over it. */
const START = 120_000;
/** A block that has run for so long (ms) may well be stopped. */
const LONG = 1000;
const WORKER = new URL("python-worker.js", import.meta.url);
/** What ends Python and says nothing against starting it once more. @type {Cause[]} */
const AFRESH = ["stopped", "timeout", "memory", "crash"];

/** @type {Record<Cause, (message: EndedMessage, again: string, seconds: number) => string>} */
const ENDINGS = {
  network: ({ file }, again) => `No network: ${file} could not be loaded. ${again}`,
  missing: ({ file, detail }, again) => {
    const status = detail || "404";
    return `${file} ${status === "404" ? "is missing on the server" : "could not be served"} (${status}). ${again}`;
  },
  integrity: ({ file }, again) => `${file} is damaged: it is not the file that this site was built with. ${again}`,
  browser: () =>
    "This browser cannot run Python: it is older than Chrome or Edge 112, Firefox 114 and Safari 16.4, or has " +
    "WebAssembly turned off.",
  stalled: (_, again) => `Python did not start: nothing arrived for 30 seconds. ${again}`,
  start: ({ detail }, again) => `Python did not start${detail && ` (${detail})`}. ${again}`,
  memory: () => "Out of memory: Python was ended.",
  crash: ({ detail }) => `Python broke down (${detail}).`,
  timeout: (_, again, seconds) => `Timed out: stopped after ${seconds} second${seconds === 1 ? "" : "s"}.`,
  stopped: () => "Stopped.",
};

/** Why a job ended before its end; `again`: what the reader can do. @param {EndedMessage} message */
export const explain = (message, again = "", seconds = 0) => ENDINGS[message.cause](message, again, seconds).trim();

/** @param {Link | null} link */
function end(link) {
  link?.worker.terminate();
  link?.port.close();
}

export class Kernel {
  /** @type {Link | null} */
  #link = null;
  /** @type {Link | null} what takes its place when it is ended; there only while a block runs for long */
  #spare = null;
  /** @type {Job[]} the first is under way */
  #jobs = [];
  #id = 0;
  #timer = 0;
  #long = 0;
  /** Whether blocks have run in this worker: then its end loses variables. */
  #used = false;
  /** Whether this worker must not run another block. */
  #stale = false;
  /** @type {Set<string>} what the blocks of this tab have used */
  #packages = new Set();
  /** @type {Kept} */
  #kept = new Map();

  /** @param {string} manifest its URL */
  constructor(manifest) {
    this.manifest = manifest;
  }

  /** Download ahead; failures stay silent, for the reader has not asked yet. @param {string[]} packages */
  load(packages) {
    if (!this.#jobs.length && this.#open()) this.#post({ type: "load", packages });
  }

  /** Drop all that blocks have done to Python: only another worker surely has nothing of it. */
  forget() {
    this.#stale = this.#used;
    if (!this.#jobs.length) this.#renew();
  }

  /** @param {Job} job */
  submit(job) {
    if (this.#jobs.push(job) === 1) this.#next();
  }

  /** @param {Job} job */
  cancel(job) {
    const place = this.#jobs.indexOf(job);
    if (place === 0) this.#end("stopped");
    if (place < 1) return;
    this.#jobs.splice(place, 1);
    job.receive({ type: "ended", cause: "stopped", file: "", detail: "", lost: false });
  }

  #next() {
    const [job] = this.#jobs;
    if (!job) return;
    if (!this.#open()) return this.#end("browser");
    const { page, block, code, packages, fresh, files } = job;
    for (const name of packages) this.#packages.add(name);
    this.#watch(STALL, "stalled");
    this.#post({ type: "run", id: ++this.#id, page, block, code, packages, fresh, files });
  }

  /** End a worker that must not run another block, and start the next one before anybody asks. */
  #renew() {
    if (!this.#stale) return;
    const spare = this.#spare;
    this.#spare = null;
    this.#close();
    this.#link = spare;
    if (!spare && !this.#jobs.length && this.#open()) this.#start(this.#link);
  }

  /** @param {Link | null} link */
  #start(link) {
    link?.port.postMessage({ type: "start", packages: [...this.#packages] });
  }

  /** A small device has no room for two. */
  #prepare() {
    if ((/** @type {any} */ (navigator).deviceMemory ?? 8) > 2) this.#start((this.#spare = this.#launch()));
  }

  /** Whether there is a worker now. */
  #open() {
    this.#link ??= this.#launch();
    return this.#link !== null;
  }

  /** None in a browser that does not know module workers: it never reads `type`. @returns {Link | null} */
  #launch() {
    let known = false;
    const options = { name: "quizproof", get type() { known = true; return /** @type {const} */ ("module"); } };
    if (typeof WebAssembly !== "object" || typeof Worker !== "function") return null;
    if (typeof DecompressionStream !== "function") return null; // it opens the packs
    const worker = new Worker(WORKER, options);
    if (!known) {
      worker.terminate();
      return null;
    }
    const { port1, port2 } = new MessageChannel();
    const link = { worker, port: port1 };
    port1.onmessage = ({ data }) => this.#receive(link, data);
    worker.onerror = () => this.#diagnose(link);
    worker.postMessage({ manifest: this.manifest, port: port2, kept: this.#kept }, [port2]);
    return link;
  }

  /** @param {PageMessage} message */
  #post(message) {
    this.#link?.port.postMessage(message);
  }

  /** @param {number} delay ms @param {Cause} cause */
  #watch(delay, cause) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#end(cause), delay);
  }

  /** @param {Link} link @param {WorkerMessage} message */
  #receive(link, message) {
    const [job] = this.#jobs;
    if (message.type === "kept") {
      for (const [name, value] of message.kept) this.#kept.set(name, value);
      return;
    }
    if (link === this.#spare) {
      if (message.type === "failed") this.#drop(); // whoever needs one finds out why
      return;
    }
    // What failed ahead of a run is tried again by the run: until then the page keeps its variables.
    if (message.type === "failed" && (job ? message.id === this.#id : !this.#used)) {
      return this.#end(message.kind, message.file, message.detail);
    }
    if (!job || ("id" in message && message.id !== this.#id)) return;
    if (message.type === "progress") {
      if (message.stage === "start") this.#watch(START, "start");
      else this.#watch(STALL, "stalled");
    }
    if (message.type === "started") {
      this.#used = true;
      this.#watch(job.seconds * 1000, "timeout");
      this.#long = window.setTimeout(() => this.#prepare(), LONG);
    }
    if (message.type !== "done") return job.receive(message);
    if (message.exception?.memory) this.#stale = true; // its memory never shrinks again
    clearTimeout(this.#timer);
    this.#jobs.shift();
    this.#renew();
    this.#drop();
    this.#next(); // before it is told: a job may answer with the next one
    job.receive(message);
  }

  /** The worker's own file did not arrive, or broke; only asking again tells which. @param {Link} link */
  async #diagnose(link) {
    if (link === this.#spare) return this.#drop();
    const response = await fetch(WORKER, { cache: "reload" }).catch(() => null);
    if (link !== this.#link || this.#used) return;
    if (!response) this.#end("network", "python-worker.js");
    else if (!response.ok) this.#end("missing", "python-worker.js", String(response.status));
    else this.#end("start", "python-worker.js");
  }

  #close() {
    clearTimeout(this.#timer);
    this.#drop();
    end(this.#link);
    this.#link = null;
    this.#used = this.#stale = false;
  }

  /** No spare one, now or soon. */
  #drop() {
    clearTimeout(this.#long);
    end(this.#spare);
    this.#spare = null;
  }

  /** @param {Cause} cause */
  #end(cause, file = "", detail = "") {
    const lost = this.#used;
    const job = this.#jobs.shift();
    this.#stale = lost && AFRESH.includes(cause);
    if (this.#stale) this.#renew();
    else this.#close();
    if (!AFRESH.includes(cause)) this.#kept.clear(); // whatever is wrong may be in there
    this.#next();
    job?.receive({ type: "ended", cause, file, detail, lost });
  }
}

/** @type {Kernel | undefined} */
let only;

/** The tab has one, for blocks and labs alike. @param {string} manifest */
export const opened = (manifest) => (only ??= new Kernel(manifest));
