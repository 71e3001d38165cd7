"""What the runtime is made of: exact versions, the hashes they must have, and where they come from."""

from typing import Any

PYODIDE = "314.0.4"
PYTHON = "3.14.2"
NUMPY = "2.4.3"
PYODIDE_BUILD = "0.39.2"
NODE_MAJOR = 18

NPM_SPEC = f"pyodide@{PYODIDE}"
NPM_FILE = f"pyodide-{PYODIDE}.tgz"
NPM_INTEGRITY = "sha512-fMexKS5P/s8iTjczevLUv/aWq9i5yaGvBTpBW6gM+nzDNelfPpREma/xdDK2AAGebAuKnBJk7fyVP6RBlz4btg=="

CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"

STDLIB_FILE = "python_stdlib.zip"
# What a site that hosts it itself serves besides: the modules of the library that a start imports.
START_FILE = "python_start.pack"
CORE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", STDLIB_FILE)
LOCK_FILE = "pyodide-lock.json"

WHEEL_FILE = f"numpy-{NUMPY}-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
WHEEL_SHA256 = "0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e"
WHEEL_BYTES = 2_916_023
# What a site that hosts it itself serves in the wheel's place.
PACK_FILE = WHEEL_FILE.removesuffix(".whl") + ".pack"

BUILD_WHEEL_FILE = f"pyodide_build-{PYODIDE_BUILD}-py3-none-any.whl"
PY_COMPILE_FILE = "pyodide_build/_py_compile.py"
PY_COMPILE_SHA256 = "32ed356f1d8046d182c32b0b466a888110c533f4c0c7b92843dbf444b011313d"

# The same entry as in the npm package's own lock; a test compares them. Used when the lock itself is not at hand.
CDN_LOCK: dict[str, Any] = {
    "info": {"abi_version": "2026_0", "arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.0"},
    "packages": {
        "numpy": {
            "depends": [],
            "file_name": CDN + WHEEL_FILE,
            "imports": ["numpy"],
            "install_dir": "site",
            "name": "numpy",
            "package_type": "package",
            "sha256": WHEEL_SHA256,
            "unvendored_tests": False,
            "version": NUMPY,
        }
    },
}
