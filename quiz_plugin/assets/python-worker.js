/**
 * Runs Python for one tab: downloads and checks the runtime, then runs one block at a time.
 * Nothing that Python can reach leads to the network, to storage or to the page's own channel.
 *
 * @typedef {import("./protocol.js").Manifest} Manifest
 * @typedef {import("./protocol.js").RuntimeFile} RuntimeFile
 * @typedef {import("./protocol.js").Kept} Kept
 * @typedef {import("./protocol.js").PageMessage} PageMessage
 * @typedef {import("./protocol.js").RunMessage} RunMessage
 * @typedef {import("./protocol.js").WorkerMessage} WorkerMessage
 * @typedef {import("./protocol.js").FailureKind} FailureKind
 * @typedef {import("./python-pack.js").Pack} Pack
 * @typedef {import("./python-pack.js").Libraries} Libraries
 */

const HARNESS = "python_harness.py";
// Python that runs as one program, in this order.
const PARTS = ["python_baseline.py", HARNESS];
const PACKS = "python-pack.js";
const CLIENT = "pyodide.mjs";
const ENGINE = "pyodide.asm.mjs";
const MACHINE = "pyodide.asm.wasm";
const LIBRARY = "python_stdlib.zip";
// The modules that every start imports, as a pack; a site that uses the CDN has them in the library.
const START = "python_start.pack";
const MANIFEST = "manifest.json";
const CLOSED = [
  "fetch", "fetchLater", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource",
  "BroadcastChannel", "Worker", "SharedWorker", "importScripts", "indexedDB", "caches", "cookieStore", "postMessage",
  "close", "Notification", "webkitRequestFileSystem", "webkitRequestFileSystemSync",
  "webkitResolveLocalFileSystemURL", "webkitResolveLocalFileSystemSyncURL", "FileSystemObserver",
];
const CLOSED_NAVIGATOR = ["storage", "locks", "serviceWorker", "usb", "serial", "hid", "permissions", "storageBuckets"];

// Emscripten's loader tries things out by exceptions, thousands of them; nobody reads where each was thrown.
Object.assign(Error, { stackTraceLimit: 0 });
const request = self.fetch.bind(self);
const [later, never] = [self.setTimeout.bind(self), self.clearTimeout.bind(self)];
const NOTHING = new Uint8Array();
/** Browsers number timers one after the other; so many of one page are looked through. */
const MOST_TIMERS = 10_000;
/** @type {MessagePort} */
let port;
let manifestUrl = "";
/** @type {Kept} what the worker before this one has left */
let kept = new Map();
/** @type {Promise<Manifest> | undefined} */
let manifest;
/** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} */
const files = new Map();
/** @type {Map<string, Promise<Pack>>} by the package's name */
const packs = new Map();
/** @type {Set<string>} */
const installed = new Set();
/** @type {Map<string, {loaded: number, total: number | null}>} */
const progress = new Map();
/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;
/** @type {Promise<void> | undefined} */
let booted;
/** @type {any} Pyodide's own object: its types are not part of what we serve */
let pyodide;
/** @type {any} the harness's functions */
let harness;
/** @type {any} */
let session;
let page = "";
let current = 0;
/** How many messages wait for their turn. */
let waiting = 0;
/** The last timer that was made before this page. */
let timers = 0;
/** @type {Map<object, Map<string | symbol, PropertyDescriptor>>} what JavaScript's objects held before the first page */
let world = new Map();
/** Ends a start that Pyodide would wait for without end. @type {(reason: unknown) => void} */
let abandon;
/** @type {Promise<never>} */
const abandoned = new Promise((_, reject) => (abandon = reject));
abandoned.catch(() => {});

/** Why loading failed, in the terms of the protocol. */
class Failure extends Error {
  /** @param {FailureKind} kind @param {string} file @param {string} [detail] */
  constructor(kind, file, detail = "") {
    super(`${kind}: ${file} ${detail}`);
    this.kind = kind;
    this.file = file.split("/").pop() ?? "";
    this.detail = detail;
  }
}

/** @param {WorkerMessage} message */
const post = (message) => port.postMessage(message);

/** @param {string} name @param {RuntimeFile} entry @param {RequestCache} cache @param {boolean} [counted] */
async function download(name, entry, cache, counted = true) {
  const share = { loaded: 0, total: entry.bytes };
  if (counted) progress.set(name, share);
  try {
    const response = await request(new URL(entry.url, manifestUrl), { cache });
    const { body } = name === MACHINE ? response.clone() : response;
    if (!response.ok || !body) throw new Failure("missing", name, String(response.status));
    if (name === MACHINE) compile(response);
    let bytes = new Uint8Array(entry.bytes ?? 0);
    const reader = body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const end = share.loaded + part.value.length;
      if (end > bytes.length) bytes = longer(bytes, end);
      bytes.set(part.value, share.loaded);
      share.loaded = end;
      tellProgress();
    }
    tellProgress(true);
    return bytes.subarray(0, share.loaded);
  } catch (error) {
    throw error instanceof Failure ? error : new Failure("network", name);
  }
}

/** Compile while the bytes arrive, from the browser's own response: only then does it keep the compiled code.
 * @param {Response} response */
function compile(response) {
  compiled = WebAssembly.compileStreaming(response);
  compiled.catch(() => {});
}

/** Room for more than was announced, or for what nobody announced. @param {Uint8Array} bytes @param {number} length */
function longer(bytes, length) {
  const room = new Uint8Array(Math.max(length, 2 * bytes.length));
  room.set(bytes);
  return room;
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {RuntimeFile} entry */
async function matches(bytes, entry) {
  if (entry.bytes !== null && bytes.length !== entry.bytes) return false;
  // crypto.subtle is missing on http:// hosts other than localhost; the length has been compared.
  if (entry.sha256 === null || !self.crypto.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === entry.sha256;
}

/** A file of the runtime, checked; a damaged copy in the browser's cache is asked for once more.
 * @param {string} name @param {RuntimeFile} entry */
function file(name, entry) {
  const fetched = async () => {
    const left = kept.get(name);
    if (left instanceof Uint8Array) return left;
    for (const cache of /** @type {RequestCache[]} */ (["default", "reload"])) {
      const bytes = await download(name, entry, cache);
      if (await matches(bytes, entry)) return bytes;
    }
    throw new Failure("integrity", name);
  };
  return once(files, name, fetched);
}

/** One promise for all who ask; a failure is forgotten, and the next one tries again.
 * @template T @param {Map<string, Promise<T>>} known @param {string} name @param {() => Promise<T>} make */
function once(known, name, make) {
  const promise = known.get(name) ?? make();
  known.set(name, promise);
  promise.catch(() => known.get(name) === promise && known.delete(name));
  return promise;
}

let told = 0;
function tellProgress(ended = false) {
  const now = performance.now();
  const shares = [...progress.values()];
  if (!shares.length || (now - told < 100 && !ended)) return;
  told = now;
  const loaded = shares.reduce((sum, share) => sum + share.loaded, 0);
  const known = shares.every((share) => share.total !== null);
  const total = known ? shares.reduce((sum, share) => sum + (share.total ?? 0), 0) : null;
  post({ type: "progress", stage: "download", loaded, total });
}

/** A small file without a hash, which is not counted. @param {string} name @param {string} url @param {RequestCache} cache */
async function text(name, url, cache) {
  return new TextDecoder().decode(await download(name, { url, bytes: null, sha256: null }, cache, false));
}

/** @returns {Promise<Manifest>} */
async function readManifest() {
  const left = kept.get(MANIFEST);
  if (left) return /** @type {Manifest} */ (left);
  try {
    return JSON.parse(await text(MANIFEST, manifestUrl, "default"));
  } catch (error) {
    throw error instanceof Failure ? error : new Failure("integrity", MANIFEST);
  }
}

async function theManifest() {
  manifest ??= readManifest();
  manifest.catch(() => (manifest = undefined));
  return manifest;
}

/** @param {RequestCache} [cache] */
async function readHarness(cache = "default") {
  const left = cache === "default" && kept.get(HARNESS);
  if (left instanceof Uint8Array) return left;
  const parts = PARTS.map((name) => text(name, new URL(name, import.meta.url).href, cache));
  return (await Promise.all(parts)).join("\n");
}

/** Start every download that is still needed, all at once. @param {string[]} packages */
async function load(packages) {
  const known = await theManifest();
  const core = pyodide ? [] : Object.entries(known.core);
  await Promise.all([
    ...core.map(([name, entry]) => file(name, entry)), ...missing(packages).map((name) => arrival(known, name)),
  ]);
}

/** A package's file; a pack is opened as well, while Python starts. @param {Manifest} known @param {string} name */
function arrival(known, name) {
  const [path, entry] = packageFile(known, name);
  if (!isPack(path)) return file(path, entry);
  const libraries = /** @type {Libraries | undefined} */ (kept.get(name));
  return once(packs, name, () => opened(path, entry, libraries));
}

/** @param {Manifest} known @returns {Promise<Pack>} */
async function openStart({ core }) {
  if (!(START in core)) return { bytes: NOTHING, contents: [], libraries: new Map() };
  return opened(START, core[START]);
}

/** Only this shows the damage of a pack whose hash could not be checked; the next press has the browser's new copy.
 * @param {string} name @param {RuntimeFile} entry @param {Libraries} [libraries] */
async function opened(name, entry, libraries) {
  const [{ open }, bytes] = await Promise.all([packCode(), file(name, entry)]);
  return open(bytes, libraries).catch(async (error) => {
    if (!(error instanceof TypeError)) throw error;
    await download(name, entry, "reload", false);
    throw new Failure("integrity", name);
  });
}

/** Pyodide's options for it; without it Pyodide would go on. @param {string} folder @param {Promise<Pack>} pack */
const placed = (folder, pack) => ({
  env: { PYTHONPATH: folder },
  async fsInit(/** @type {any} */ system) {
    const ready = await orNever(pack);
    (await packCode()).install(system, folder, ready);
  },
});

/** @param {Manifest} known where Python's own modules lie */
function libraryFolder({ python }) {
  const [major, minor] = python.split(".");
  return `/lib/python${major}.${minor}`;
}

/** @param {string} path */
const isPack = (path) => path.endsWith(".pack");

/** @returns {Promise<typeof import("./python-pack.js")>} */
function packCode() {
  const url = new URL(PACKS, import.meta.url).href;
  return import(url).catch(async (error) => {
    await download(PACKS, { url, bytes: null, sha256: null }, "reload", false);
    throw new Failure(error instanceof TypeError ? "network" : "integrity", PACKS);
  });
}

/** @param {string[]} packages */
const missing = (packages) => packages.filter((name) => !installed.has(name));

/** @param {Manifest} known @param {string} name @returns {[string, RuntimeFile]} */
function packageFile(known, name) {
  const entry = known.packages[name];
  if (!entry) throw new Failure("missing", name);
  return [known.lock.packages[name].file_name, entry];
}

/** What Pyodide fetches, answered with the bytes that were checked. Of one that does not come boot() tells the page;
 * Pyodide would tell the console. @param {RequestInfo | URL} input */
async function answer(input) {
  const name = String(input instanceof Request ? input.url : input).split("/").pop() ?? "";
  if (name === MACHINE) return new Response();
  const entry = [...files].find(([file]) => file.split("/").pop() === name);
  if (!entry) throw new TypeError(`${name} is not part of the runtime`);
  return new Response(await orNever(entry[1]));
}

/** What boot() reports is not reported to Pyodide as well. @template T @param {Promise<T>} promise @returns {Promise<T>} */
const orNever = (promise) => promise.catch(() => new Promise(() => {}));

/** The machine is compiled already; a server that does not call it application/wasm costs a second compilation.
 * @param {unknown} _source @param {WebAssembly.Imports} [imports] */
async function instantiate(_source, imports) {
  try {
    const module = await machine();
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  } catch (error) {
    abandon(error instanceof Failure ? error : new Failure("start", MACHINE, String(error)));
    throw error;
  }
}

async function machine() {
  const bytes = await files.get(MACHINE);
  const module = await compiled?.catch(() => bytes && WebAssembly.compile(bytes));
  if (!module) throw new Failure("start", MACHINE);
  compiled = Promise.resolve(module);
  return module;
}

/** @template T @param {() => Promise<T>} action */
async function withAnswers(action) {
  const { instantiateStreaming } = WebAssembly;
  self.fetch = answer;
  WebAssembly.instantiateStreaming = instantiate;
  try {
    return await action();
  } finally {
    shut(self, ["fetch"]);
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

/** The import reads a checked file once more, from the browser's cache; one worker after the other need not check it.
 * @param {Manifest} known @param {string} name @returns {Promise<any>} */
async function module(known, name) {
  const url = new URL(known.core[name].url, manifestUrl).href;
  await file(name, known.core[name]);
  return import(url).catch(async (error) => {
    if (kept.delete(name)) {
      files.delete(name);
      await file(name, known.core[name]);
    }
    throw new Failure(error instanceof TypeError ? "network" : "start", name, String(error));
  });
}

async function boot() {
  const known = await theManifest();
  // What takes long comes while Pyodide sets itself up.
  const start = openStart(known);
  const last = Promise.all([start, file(LIBRARY, known.core[LIBRARY]), file(MACHINE, known.core[MACHINE])]);
  last.catch(abandon);
  const scripts = Promise.all([module(known, CLIENT), module(known, ENGINE), readHarness()]);
  const [{ loadPyodide }, engine, source] = await Promise.race([scripts, abandoned]);
  const base = new URL("./", manifestUrl).href;
  const begun = withAnswers(() => loadPyodide({
    indexURL: base,
    stdLibURL: base + LIBRARY,
    lockFileContents: known.lock,
    packageBaseUrl: base,
    createPyodideModule: engine.default,
    stdout: (/** @type {string} */ line) => stray("out", line),
    stderr: (/** @type {string} */ line) => stray("err", line),
    ...(START in known.core && placed(libraryFolder(known), start)),
  }));
  await Promise.race([last, begun, abandoned]);
  post({ type: "progress", stage: "start", loaded: 0, total: null });
  pyodide = await Promise.race([begun, abandoned]);
  close();
  const used = begin(source) ?? begin(await readHarness("reload"));
  if (!used) throw new Failure("integrity", HARNESS);
  world = new Map([self, pyodide].map((object) => [object, held(object)]));
  /** @type {[string, Uint8Array][]} Python's file system keeps its own */
  const left = START in known.core && !kept.has(START) ? [[START, (await start).bytes.slice()]] : [];
  leave(new Map([
    [MANIFEST, known], [HARNESS, used], [MACHINE, await machine()], [LIBRARY, await file(LIBRARY, known.core[LIBRARY])],
    [CLIENT, NOTHING], [ENGINE, NOTHING], ...left,
  ]));
  compiled = undefined;
  release(Object.keys(known.core));
}

/** Run the harness; null if it is damaged: there is no hash to check it by.
 * @param {string | Uint8Array} source or its bytecode, which is what comes back */
function begin(source) {
  try {
    harness = pyodide.toPy({ __name__: "quizproof_harness" });
    // Pyodide's own runPython takes the long way, by a tree of Python objects.
    const { compile, exec } = pyodide.pyimport("builtins");
    const { dumps, loads } = pyodide.pyimport("marshal");
    const code = typeof source === "string" ? compile(source, HARNESS, "exec") : loads(pyodide.toPy(source));
    exec(code, harness);
    session = harness.get("start")(send);
    return typeof source === "string" ? /** @type {Uint8Array<ArrayBuffer>} */ (dumps(code).toJs()) : source;
  } catch {
    return null;
  }
}

/** Give the page what it has not got: the next worker need not fetch, check and compile it. @param {Kept} found */
function leave(found) {
  for (const name of found.keys()) if (kept.delete(name)) found.delete(name);
  const moved = [...found.values()].flatMap((value) => (value instanceof Uint8Array && value.length ? [value.buffer] : []));
  try {
    if (found.size) port.postMessage({ type: "kept", kept: found }, moved);
  } catch {} // a browser that does not pass compiled code on: the next worker compiles
}

/** Let go of bytes that are inside Python now. @param {string[]} names */
function release(names) {
  for (const name of names) {
    files.delete(name);
    progress.delete(name);
  }
}

/** What compiled code prints past Python's own streams. @param {"out" | "err"} stream @param {string} line */
function stray(stream, line) {
  if (current && !line.includes(HARNESS)) post({ type: "output", id: current, stream, text: `${line}\n` });
}

/** The harness's way out. @param {string} type @param {any[]} values */
function send(type, ...values) {
  const [first, second, third] = values;
  if (type === "output") post({ type, id: current, stream: first, text: second });
  else if (type === "figure") post({ type, id: current, mime: first, base64: second, alt: third });
  else if (type === "cut") post({ type, id: current, chars: first, lines: second });
}

/** Remove names from an object and all that it inherits from. @param {object} target @param {string[]} names */
function shut(target, names) {
  for (let owner = target; owner; owner = Object.getPrototypeOf(owner)) {
    for (const name of names) if (Object.hasOwn(owner, name)) Reflect.deleteProperty(owner, name);
  }
}

function close() {
  shut(self, CLOSED);
  shut(self.navigator, CLOSED_NAVIGATOR);
}

/** Install the packages that are not there yet. @param {string[]} packages */
async function install(packages) {
  const known = await /** @type {Promise<Manifest>} */ (manifest);
  for (const name of missing(packages)) {
    const [path, entry] = packageFile(known, name);
    await arrival(known, name);
    await (isPack(path) ? unpack(known, name) : loadWheel(name));
    harness.get("imported")(session, name);
    installed.add(name);
    const pack = await packs.get(name);
    /** @type {Kept} */
    const found = new Map([[path, await file(path, entry)]]);
    if (pack) found.set(name, pack.libraries);
    leave(found);
    packs.delete(name);
    release([path]);
  }
}

/** @param {Manifest} known @param {string} name */
async function unpack(known, name) {
  const { install: put } = await packCode();
  put(pyodide.FS, `${libraryFolder(known)}/site-packages`, /** @type {Pack} */ (await packs.get(name)));
}

/** Pyodide only reports a failure, so look. @param {string} name */
async function loadWheel(name) {
  await withAnswers(() => pyodide.loadPackage(name, { messageCallback() {}, errorCallback() {} }));
  if (!(name in pyodide.loadedPackages)) throw new Failure("start", name, "the package could not be installed");
}

/** @param {RunMessage} message */
async function prepare({ packages, page: wanted, fresh, files: given }) {
  await Promise.all([load(packages), (booted ??= boot())]);
  await install(packages);
  if (page && (fresh || wanted !== page)) turnOver();
  page = wanted;
  if (given) put(given);
}

/** Nothing of one page may reach the next: what it planned, what it made in Python and in JavaScript. */
function turnOver() {
  const last = Number(later(() => {}));
  for (timers = Math.max(timers, last - MOST_TIMERS); timers < last; timers += 1) never(timers + 1);
  session.new_page();
  for (const [object, before] of world) {
    const now = held(object);
    for (const name of now.keys()) if (!before.has(name)) Reflect.deleteProperty(object, name);
    for (const [name, was] of before) if (differ(was, now.get(name))) Reflect.defineProperty(object, name, was);
  }
}

/** An object's own properties, without a call of what may work them out. @param {object} object */
function held(object) {
  const names = Reflect.ownKeys(object);
  return new Map(names.map((name) => [name, /** @type {any} */ (Reflect.getOwnPropertyDescriptor(object, name))]));
}

/** @param {PropertyDescriptor} was @param {PropertyDescriptor} [is] */
const differ = (was, is) => !is || !Object.is(was.value, is.value) || was.get !== is.get || was.set !== is.set;

/** Put files into Python's home, where `open` and `import` look first; a new page starts without them.
 * @param {import("./protocol.js").PageFiles} given */
function put(given) {
  for (const [name, bytes] of Object.entries(given)) pyodide.FS.writeFile(name, bytes);
  pyodide.pyimport("importlib").invalidate_caches();
}

/** @param {RunMessage} message */
async function run(message) {
  const { id, block, code } = message;
  try {
    await prepare(message);
  } catch (error) {
    return failed(id, error, "start");
  }
  current = id;
  post({ type: "started", id });
  try {
    // With stack switching asyncio.run() works; browsers without it say in Python what is missing.
    const result = "Suspending" in WebAssembly ? await session.run.callPromising(block, code) : session.run(block, code);
    post({ type: "done", id, ...JSON.parse(result) });
  } catch (error) {
    failed(id, error, /out of memory|MemoryError/i.test(String(error)) ? "memory" : "crash");
  }
  current = 0;
}

/** @param {number | null} id @param {unknown} error @param {FailureKind} kind */
function failed(id, error, kind) {
  const known = error instanceof Failure ? error : new Failure(kind, "", String(error).trim().split("\n").pop());
  post({ type: "failed", id, kind: known.kind, file: known.file, detail: known.detail });
}

/** Be ready for a run that may come; one that is here already needs perhaps no packages.
 * @param {import("./protocol.js").StartMessage} message */
async function start({ packages }) {
  try {
    await Promise.all([load([]), (booted ??= boot())]);
    if (waiting) return;
    await load(packages);
    await install(packages);
  } catch (error) {
    failed(null, error, "start");
  }
}

/** One message after the other; only downloads do not wait. */
let turn = Promise.resolve();

/** @param {PageMessage} message */
function receive(message) {
  if (message.type === "load") return void load(message.packages).catch((error) => failed(null, error, "start"));
  waiting += 1;
  turn = turn.then(() => {
    waiting -= 1;
    return message.type === "run" ? run(message) : start(message);
  });
}

self.addEventListener("message", (/** @type {MessageEvent<import("./protocol.js").OpenMessage>} */ { data }) => {
  ({ port, manifest: manifestUrl, kept } = data);
  const left = kept.get(MACHINE);
  if (left instanceof WebAssembly.Module) {
    compiled = Promise.resolve(left);
    kept.set(MACHINE, NOTHING);
  }
  port.onmessage = (event) => receive(event.data);
}, { once: true });
