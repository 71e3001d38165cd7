"""What a page loads: the style sheets and scripts that stand before its content."""

from collections.abc import Iterator

from quiz_plugin import bank
from quiz_plugin.extension import Visit
from quiz_plugin.model import DRAWN_MODES


def tags(visit: Visit, content: str, base: str, manifest: str, *, bank_has_code: bool) -> Iterator[str]:
    """Yield HTML; `base` leads to the assets, and from there `manifest` to the runtime's, or is empty without one."""
    mode = visit.settings.mode if visit.settings else ""
    is_reference = mode == "reference"
    if visit.has_questions or mode in ("reference", "progress"):
        yield _style(base, "quiz")
    if visit.has_questions or is_reference:
        yield _script(base, "quiz")
    if is_reference:
        yield _style(base, "reference")
        yield _script(base, "reference")
        yield _script(base, "find")
    if mode == "progress":
        yield _style(base, "progress")
        yield _script(base, "progress")
    if bank.DUE in content:
        yield _script(base, "due")
    for name, wanted in (
        ("python", visit.has_code or is_reference or (mode in DRAWN_MODES and bank_has_code)),
        ("lab", visit.has_labs),
    ):
        if wanted:
            yield _style(base, "code" if name == "python" else name)
            yield _script(base, name, f"?runtime={manifest}") if manifest else "\n"


def _style(base: str, name: str) -> str:
    return f'<link rel="stylesheet" href="{base}/{name}.css">'


def _script(base: str, name: str, query: str = "") -> str:
    return f'<script type="module" src="{base}/{name}.js{query}"></script>\n'
