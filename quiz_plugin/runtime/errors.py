"""Why a runtime could not be built: a reason, and what to do about it."""

from pathlib import Path

from quiz_plugin.runtime import pins


class NotBuiltError(RuntimeError):
    """`reason` is a clause without a full stop; `advice` is one that can follow "you can"."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason
        self.advice = advice
        super().__init__(f"Python for the page could not be built: {reason}. To go on: {advice}.")


class NodeMissingError(NotBuiltError):
    def __init__(self) -> None:
        super().__init__("Node was not found", f"install Node {pins.NODE_MAJOR}+ to host it yourself")


class NodeTooOldError(NotBuiltError):
    def __init__(self, found: str) -> None:
        super().__init__(f"Node is too old ({found})", f"install Node {pins.NODE_MAJOR}+ to host it yourself")


class NpmMissingError(NotBuiltError):
    def __init__(self) -> None:
        super().__init__("npm was not found", "install npm, which comes with Node, to host it yourself")


class NpmError(NotBuiltError):
    def __init__(self, last_line: str) -> None:
        command = f"npm pack {pins.NPM_SPEC}"
        super().__init__(f"`{command}` failed: {last_line}", "check the network and npm's registry setting")


class HashError(NotBuiltError):
    def __init__(self, what: str, expected: str, found: str, advice: str) -> None:
        super().__init__(f"{what} has the wrong hash: expected {expected}, found {found}", advice)


class WheelMissingError(NotBuiltError):
    def __init__(self, wheelhouse: Path, why: str) -> None:
        reason = f"the NumPy wheel is not in {wheelhouse} and could not be downloaded ({why})"
        super().__init__(reason, f"put {pins.WHEEL_FILE} in {wheelhouse}")


class ToolMissingError(NotBuiltError):
    def __init__(self, tool: str, why: str) -> None:
        super().__init__(f"{tool} is not there ({why})", "install the `runtime` extra: pip install mkdocs-quizproof[runtime]")


class CompileError(NotBuiltError):
    def __init__(self, last_line: str) -> None:
        super().__init__(f"compiling Python under Node failed: {last_line}", "run `quizproof runtime` to see it again")


class DiskFullError(NotBuiltError):
    def __init__(self, cache: Path) -> None:
        super().__init__(f"the disk of {cache} is full", "free about 60 MB there, or set QUIZPROOF_CACHE to another folder")


class CacheError(NotBuiltError):
    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} cannot be used: {why}", "set QUIZPROOF_CACHE to a folder that can be written")
