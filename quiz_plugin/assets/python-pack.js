/**
 * A pack, laid out by runtime/inside.py: one compressed file with all that a wheel holds, or the start of the library.
 * It lands in Python's file system as it is: no archive is opened there, and shared libraries arrive compiled.
 *
 * @typedef {[string, Uint8Array<ArrayBuffer>][]} Contents
 * @typedef {Map<string, WebAssembly.Module>} Libraries
 * `bytes` is all of it, inflated, where the contents lie.
 * @typedef {{bytes: Uint8Array<ArrayBuffer>, contents: Contents, libraries: Libraries}} Pack
 * @typedef {{contents: Uint8Array, usedBytes: number}} File
 * @typedef {{mkdirTree: (path: string) => void, readFile: (path: string, options?: object) => unknown,
 *   mknod: (path: string, mode: number, device: number) => File}} FileSystem
 */

/** A plain file, which its owner may write and all may read. */
const FILE = 0o100644;
/** How a head begins; what is compressed begins otherwise. */
const BRACE = 0x7b;

/** Inflate a pack, unless it is, and compile the libraries that its import needs, unless they are there.
 * @param {Uint8Array<ArrayBuffer>} packed @param {Libraries} [libraries] @returns {Promise<Pack>} */
export async function open(packed, libraries) {
  const bytes = packed[0] === BRACE ? packed : await inflate(packed);
  const { contents, compile } = parted(bytes);
  if (libraries) return { bytes, contents, libraries };
  const chosen = contents.filter(([name]) => compile.includes(name));
  const modules = await Promise.all(chosen.map(([, bytes]) => WebAssembly.compile(bytes)));
  return { bytes, contents, libraries: new Map(chosen.map(([name], place) => [name, modules[place]])) };
}

/** @param {Uint8Array<ArrayBuffer>} packed */
async function inflate(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The head, one line of JSON, names the files and their sizes; then they follow without a gap.
 * @param {Uint8Array<ArrayBuffer>} bytes @returns {{contents: Contents, compile: string[]}} */
function parted(bytes) {
  const end = bytes.indexOf(10);
  /** @type {{files: [string, number][], compile: string[]}} */
  const { files, compile } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  let place = end + 1;
  return { compile, contents: files.map(([name, size]) => [name, bytes.subarray(place, (place += size))]) };
}

/** Python's file system holds what lies in memory; a file that is made so costs a quarter of one that is written.
 * @param {FileSystem} system @param {string} folder where packages lie @param {Pack} pack */
export function install(system, folder, { contents, libraries }) {
  const made = new Set();
  for (const [name, bytes] of contents) {
    const path = `${folder}/${name}`;
    const cut = path.lastIndexOf("/");
    const parent = path.slice(0, cut);
    if (!made.has(parent)) system.mkdirTree(parent);
    made.add(parent);
    Object.assign(system.mknod(path, FILE, 0), { contents: bytes, usedBytes: bytes.length });
  }
  if (!libraries.size) return;
  // Emscripten's loader reads a library here, compiles bytes, and takes a module as it is.
  const read = system.readFile;
  system.readFile = (path, options) => libraries.get(path.slice(folder.length + 1)) ?? read(path, options);
}
