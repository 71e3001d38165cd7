"""Why a runtime could not be built: a reason, and what to do about it."""

from pathlib import Path

from quiz_plugin.runtime import pins


class NotBuiltError(RuntimeError):
    """`reason` is a clause without a full stop, `advice` an imperative one."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason
        self.advice = advice
        what = f"Python for the page could not be prepared: {reason}."
        super().__init__(f"{what} What to do: {advice}, or set `runtime: cdn`.")


class NodeMissingError(NotBuiltError):
    """No `node` on the PATH."""

    def __init__(self) -> None:
        super().__init__("Node was not found", f"install Node {pins.NODE_MAJOR}+ to host it yourself")


class NodeTooOldError(NotBuiltError):
    """A `node` that cannot run this Pyodide."""

    def __init__(self, found: str) -> None:
        super().__init__(f"Node is too old ({found})", f"install Node {pins.NODE_MAJOR}+ to host it yourself")


class NpmMissingError(NotBuiltError):
    """Node without its npm."""

    def __init__(self) -> None:
        super().__init__("npm was not found", "install npm, which comes with Node, to host it yourself")


class NpmError(NotBuiltError):
    """`npm pack` did not bring the package."""

    def __init__(self, last_line: str) -> None:
        command = f"npm pack {pins.NPM_SPEC}"
        super().__init__(f"`{command}` failed: {last_line}", "check the network and npm's registry setting")


class HashError(NotBuiltError):
    """A file is not the pinned one; it was not used."""

    def __init__(self, what: str, expected: str, found: str, advice: str) -> None:
        super().__init__(f"{what} has the wrong hash: expected {expected}, found {found}", advice)


class WheelMissingError(NotBuiltError):
    """Neither the wheelhouse nor the CDN has the wheel."""

    def __init__(self, wheelhouse: Path, why: str) -> None:
        reason = f"the NumPy wheel is not in {wheelhouse} and could not be downloaded ({why})"
        super().__init__(reason, f"put {pins.WHEEL_FILE} in {wheelhouse}")


class ToolMissingError(NotBuiltError):
    """pyodide-lock, pyodide-build or packaging is not to be had."""

    def __init__(self, tool: str, why: str, advice: str) -> None:
        super().__init__(f"{tool} could not be had: {why}", advice)


class CompileError(NotBuiltError):
    """Node, Pyodide or py-compile failed; nothing of it is kept."""

    def __init__(self, last_line: str) -> None:
        advice = "run `quizproof runtime` again, and report this line if it stays"
        super().__init__(f"compiling Python's files failed: {last_line}", advice)


class DiskFullError(NotBuiltError):
    """No space for the cache."""

    def __init__(self, cache: Path) -> None:
        super().__init__(f"the disk of {cache} is full", "free 60 MB there, or set QUIZPROOF_CACHE to another folder")


class CacheError(NotBuiltError):
    """The cache cannot be read or written."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} cannot be used: {why}", "set QUIZPROOF_CACHE to a folder that can be written")
