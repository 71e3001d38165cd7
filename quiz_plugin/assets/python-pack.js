/**
 * A package as the site serves it: one compressed file with all that a wheel holds, laid out by runtime/inside.py.
 * It lands in Python's file system as it is: no archive is opened there, and shared libraries arrive compiled.
 *
 * @typedef {[string, Uint8Array<ArrayBuffer>][]} Contents
 * @typedef {Map<string, WebAssembly.Module>} Libraries
 * @typedef {{contents: Contents, libraries: Libraries}} Pack
 * @typedef {{mkdirTree: (path: string) => void, readFile: (path: string, options?: object) => unknown,
 *   createDataFile: (folder: string, name: string, data: Uint8Array, ...rights: boolean[]) => void}} FileSystem
 */

/** Inflate a pack, and compile the libraries that its import needs, unless they are there.
 * @param {Uint8Array<ArrayBuffer>} packed @param {Libraries} [libraries] @returns {Promise<Pack>} */
export async function open(packed, libraries) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { contents, compile } = parted(new Uint8Array(await new Response(stream).arrayBuffer()));
  if (libraries) return { contents, libraries };
  const chosen = contents.filter(([name]) => compile.includes(name));
  const modules = await Promise.all(chosen.map(([, bytes]) => WebAssembly.compile(bytes)));
  return { contents, libraries: new Map(chosen.map(([name], place) => [name, modules[place]])) };
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

/** @param {FileSystem} system @param {string} folder where packages lie @param {Pack} pack */
export function install(system, folder, { contents, libraries }) {
  const made = new Set();
  for (const [name, bytes] of contents) {
    const path = `${folder}/${name}`;
    const cut = path.lastIndexOf("/");
    const parent = path.slice(0, cut);
    if (!made.has(parent)) system.mkdirTree(parent);
    made.add(parent);
    system.createDataFile(parent, path.slice(cut + 1), bytes, true, true, true);
  }
  // Emscripten's loader reads a library here, compiles bytes, and takes a module as it is.
  const read = system.readFile;
  system.readFile = (path, options) => libraries.get(path.slice(folder.length + 1)) ?? read(path, options);
}
