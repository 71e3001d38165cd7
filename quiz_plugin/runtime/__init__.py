"""The Python that the page runs: Pyodide and NumPy, prepared once and served by the site itself."""

from quiz_plugin.runtime.builder import Mode, Progress, build
from quiz_plugin.runtime.console import announcing, command
from quiz_plugin.runtime.errors import NotBuiltError
from quiz_plugin.runtime.manifest import File, Runtime

__all__ = ["File", "Mode", "NotBuiltError", "Progress", "Runtime", "announcing", "build", "command"]
