/**
 * The tab's one Python worker, seen from the page: opened on intent, given one job at a time, ended on Stop.
 *
 * @typedef {import("./protocol.js").Job} Job
 * @typedef {import("./protocol.js").Cause} Cause
 * @typedef {import("./protocol.js").EndedMessage} EndedMessage
 * @typedef {import("./protocol.js").PageMessage} PageMessage
 * @typedef {import("./protocol.js").WorkerMessage} WorkerMessage
 */

/** Loading without a sign of life for so long (ms) is given up. */
const STALL = 30_000;
const WORKER = new URL("python-worker.js", import.meta.url);

/** @type {Record<Cause, (message: EndedMessage, again: string, seconds: number) => string>} */
const ENDINGS = {
  network: ({ file }, again) => `No network: ${file} could not be loaded. ${again}`,
  missing: ({ file, detail }, again) => `${file} is missing on the server (${detail || 404}). ${again}`,
  integrity: ({ file }, again) => `${file} is damaged: it is not the file that this site was built with. ${again}`,
  browser: () => "This browser is too old to run Python: it needs WebAssembly and module workers.",
  stalled: (_, again) => `Python did not start: nothing arrived for 30 seconds. ${again}`,
  start: ({ detail }, again) => `Python did not start${detail && ` (${detail})`}. ${again}`,
  memory: () => "Out of memory: Python was ended.",
  crash: ({ detail }) => `Python broke down (${detail}).`,
  timeout: (_, again, seconds) => `Timed out: stopped after ${seconds} second${seconds === 1 ? "" : "s"}.`,
  stopped: () => "Stopped.",
};

/** Why a job ended before its end; `again`: what the reader can do. @param {EndedMessage} message */
export const explain = (message, again = "", seconds = 0) => ENDINGS[message.cause](message, again, seconds).trim();

export class Kernel {
  /** @type {Worker | null} */
  #worker = null;
  /** @type {MessagePort | null} */
  #port = null;
  /** @type {Job[]} the first is under way */
  #jobs = [];
  #id = 0;
  #timer = 0;
  /** Whether blocks have run in this worker: then its end loses variables. */
  #used = false;

  /** @param {string} manifest its URL */
  constructor(manifest) {
    this.manifest = manifest;
  }

  /** Download ahead; failures stay silent, for the reader has not asked yet. @param {string[]} packages */
  load(packages) {
    if (!this.#jobs.length && this.#open()) this.#post({ type: "load", packages });
  }

  forget() {
    if (this.#port) this.#post({ type: "forget" });
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
    this.#watch(STALL, "stalled");
    this.#post({ type: "run", id: ++this.#id, page, block, code, packages, fresh, files });
  }

  /** Whether there is a worker now; a browser that does not know module workers never reads `type`. */
  #open() {
    if (this.#worker) return true;
    let known = false;
    const options = { name: "quizproof", get type() { known = true; return /** @type {const} */ ("module"); } };
    if (typeof WebAssembly !== "object" || typeof Worker !== "function") return false;
    const worker = new Worker(WORKER, options);
    if (!known) {
      worker.terminate();
      return false;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = () => this.#diagnose(worker);
    worker.postMessage({ manifest: this.manifest, port: port2 }, [port2]);
    this.#worker = worker;
    this.#port = port1;
    return true;
  }

  /** @param {PageMessage} message */
  #post(message) {
    this.#port?.postMessage(message);
  }

  /** @param {number} delay ms @param {Cause} cause */
  #watch(delay, cause) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#end(cause), delay);
  }

  /** @param {WorkerMessage} message */
  #receive(message) {
    const [job] = this.#jobs;
    if (message.type === "failed" && (message.id === this.#id || !job)) {
      return this.#end(message.kind, message.file, message.detail);
    }
    if (!job || ("id" in message && message.id !== this.#id)) return;
    if (message.type === "progress") this.#watch(STALL, "stalled");
    if (message.type === "started") {
      this.#used = true;
      this.#watch(job.seconds * 1000, "timeout");
    }
    if (message.type !== "done") return job.receive(message);
    if (message.exception?.memory) this.#close(); // its memory never shrinks again
    clearTimeout(this.#timer);
    this.#jobs.shift();
    this.#next(); // before it is told: a job may answer with the next one
    job.receive(message);
  }

  /** The worker's own file did not arrive, or broke; only asking again tells which. @param {Worker} worker */
  async #diagnose(worker) {
    const response = await fetch(WORKER, { cache: "reload" }).catch(() => null);
    if (worker !== this.#worker || this.#used) return;
    if (!response) this.#end("network", "python-worker.js");
    else if (!response.ok) this.#end("missing", "python-worker.js", String(response.status));
    else this.#end("start", "python-worker.js");
  }

  #close() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#port?.close();
    this.#worker = this.#port = null;
    this.#used = false;
  }

  /** @param {Cause} cause */
  #end(cause, file = "", detail = "") {
    const lost = this.#used;
    this.#close();
    const job = this.#jobs.shift();
    this.#next();
    job?.receive({ type: "ended", cause, file, detail, lost });
  }
}

/** @type {Kernel | undefined} */
let only;

/** The tab has one, for blocks and labs alike. @param {string} manifest */
export const opened = (manifest) => (only ??= new Kernel(manifest));
