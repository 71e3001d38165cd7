// Runs inside.py in Pyodide: node compile.mjs <folder of Pyodide's core> <work folder> <inside.py>
// The work folder holds in/ (archives) and tools/, and gets done/. Progress goes to standard output,
// the reason of a failure to standard error, in one line.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [core, work, program] = process.argv.slice(2).map((path) => resolve(path));

const FILES_OF_MODULES = `
import sys
[module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]
`;

// What a page's first run imports: only that is worth its bytes as bytecode.
async function filesInUse(pyodide, lock) {
  if (existsSync(join(work, "in", lock.packages.numpy.file_name))) {
    await pyodide.loadPackage("numpy", { messageCallback() {} });
    pyodide.runPython("import numpy");
  }
  return pyodide.runPython(FILES_OF_MODULES);
}

async function main() {
  const { loadPyodide } = await import(pathToFileURL(join(core, "pyodide.mjs")).href);
  const lock = JSON.parse(readFileSync(join(core, "pyodide-lock.json"), "utf8"));
  const pyodide = await loadPyodide({ indexURL: core, lockFileContents: lock, packageBaseUrl: join(work, "in") });
  console.log(`python ${pyodide.runPython("import sys; sys.version.split()[0]")}`);
  const used = await filesInUse(pyodide, lock);
  pyodide.mountNodeFS("/work", work);
  const globals = pyodide.toPy({ __name__: "inside" });
  pyodide.runPython(readFileSync(program, "utf8"), { filename: "inside.py", globals });
  globals.get("main")(used);
}

try {
  await main();
} catch (error) {
  const lines = String(error?.message ?? error).trim().split("\n");
  console.error(lines.at(-1));
  process.exit(1);
}
