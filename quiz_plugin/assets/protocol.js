/**
 * What the page and the Python worker say to each other: types only, nothing here runs.
 *
 * @typedef {{url: string, bytes: number | null, sha256: string | null}} RuntimeFile
 *
 * The manifest that lies beside the runtime; its URLs are relative to it, or absolute.
 * @typedef {object} Manifest
 * @property {string} pyodide version
 * @property {string} python version
 * @property {"self" | "cdn"} mode
 * @property {Record<string, RuntimeFile>} core the four files by the names that Pyodide gives them, and, where the site
 *   hosts them itself, the start of the library as a pack
 * @property {{packages: Record<string, {file_name: string, sha256: string}>}} lock Pyodide's lock, our packages only
 * @property {Record<string, RuntimeFile>} packages
 *
 * What one worker leaves for the one after it, by the name of the file: all of it has been checked.
 * The machine, a pack's libraries and the harness are compiled; the start of the library is inflated.
 * @typedef {Manifest | WebAssembly.Module | Uint8Array<ArrayBuffer> | Map<string, WebAssembly.Module>} KeptValue
 * @typedef {Map<string, KeptValue>} Kept
 *
 * The first message, through the worker itself; all others go through the port.
 * @typedef {{manifest: string, port: MessagePort, kept: Kept}} OpenMessage
 *
 * Download ahead of a run.
 * @typedef {{type: "load", packages: string[]}} LoadMessage
 *
 * Run one block; `page` keys the variables, `fresh` drops them first; `files` are put beside the code before it runs.
 * @typedef {Record<string, Uint8Array>} PageFiles
 * @typedef {{type: "run", id: number, page: string, block: string, code: string, packages: string[],
 *   fresh: boolean, files?: PageFiles}} RunMessage
 *
 * Start Python ahead of a run, and then, if no run has come by then, import these packages.
 * @typedef {{type: "start", packages: string[]}} StartMessage
 *
 * @typedef {LoadMessage | RunMessage | StartMessage} PageMessage
 *
 * `stage` is "download" (bytes so far), then "start" (nothing left to count).
 * @typedef {{type: "progress", stage: "download" | "start", loaded: number, total: number | null}} ProgressMessage
 * @typedef {{type: "kept", kept: Kept}} KeptMessage what is new of it
 * @typedef {{type: "started", id: number}} StartedMessage the clock of the timeout starts here
 * @typedef {{type: "output", id: number, stream: "out" | "err", text: string}} OutputMessage
 * @typedef {{type: "figure", id: number, mime: string, base64: string, alt: string}} FigureMessage
 * @typedef {{type: "cut", id: number, chars: number, lines: number}} CutMessage what was not passed on, so far
 *
 * `text` is the whole traceback, `block` and `line` the deepest of the reader's own lines, or "" and 0.
 * @typedef {{type: string, message: string, text: string, block: string, line: number,
 *   memory: boolean}} PythonException
 *
 * `exit` is the call that ended the program, and its message; `verdict` the lines of `answer` and `verdicts`.
 * @typedef {{type: "done", id: number, seconds: number, exception: PythonException | null,
 *   exit: {call: string, message: string} | null, verdict: string}} DoneMessage
 *
 * @typedef {"network" | "missing" | "integrity" | "start" | "memory" | "crash"} FailureKind
 * @typedef {{type: "failed", id: number | null, kind: FailureKind, file: string, detail: string}} FailedMessage
 *
 * @typedef {ProgressMessage | KeptMessage | StartedMessage | OutputMessage | FigureMessage | CutMessage | DoneMessage
 *   | FailedMessage} WorkerMessage
 *
 * How a run ended before its end, for the element that asked for it.
 * @typedef {FailureKind | "browser" | "stalled" | "timeout" | "stopped"} Cause
 * @typedef {{type: "ended", cause: Cause, file: string, detail: string, lost: boolean}} EndedMessage
 *
 * What the element says of a run, and what `quiz-code-done` carries. `same` is null where nothing was compared.
 * @typedef {object} Ending
 * @property {"done" | "failed" | "stopped"} state
 * @property {Cause | "error" | ""} cause
 * @property {string} text
 * @property {boolean | null} [same]
 * @property {string} [stdout]
 * @property {string} [block]
 *
 * @typedef {object} Job what an element asks of the kernel
 * @property {string} page
 * @property {string} block
 * @property {string} code
 * @property {string[]} packages
 * @property {boolean} fresh
 * @property {number} seconds the timeout
 * @property {PageFiles} [files]
 * @property {(message: WorkerMessage | EndedMessage) => void} receive
 */
export {};
