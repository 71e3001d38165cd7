"""What search plugins are shown of a page: each question a section of its own, titles and choices, no answers."""

import re

HIDDEN = (("<quiz-hidden", "</quiz-hidden>"), ('<details class="quiz-provenance">', "</details>"))
TITLE_ID = re.compile(r'(<h[1-6] [^<>]*\bclass="quiz-title"[^<>]* )data-quiz-id=')
# Material's parser ends a section where the element around its heading ends: these elements are taken away.
WRAPPER = re.compile(r"</?(?:quiz-(?:question|card|set)|form|fieldset|legend)\b[^<>]*>")
# One paragraph for each choice, without its letter. Parsing tags is most of what indexing costs, so few are left.
CHOICE = re.compile(
    r'<div class="quiz-choice" data-letter="[A-Z]"><label><input\b[^<>]*>(?:<span class="quiz-letter">[A-Z]</span>)?'
    r'<span class="quiz-text">(.*?)</span></label></div>',
    re.DOTALL,
)
BLOCKS = re.compile(r'<label><input\b[^<>]*><span class="quiz-letter">[A-Z]</span></label>')
STATUS = '<p class="quiz-status" role="status"></p>'


def searchable(html: str) -> str:
    """The page's content for the index, made from its content for the reader."""
    for start, end in HIDDEN:
        html = _without(html, start, end)
    shown = CHOICE.sub(r"<p>\1</p>\n", WRAPPER.sub("", html))
    shown = BLOCKS.sub("", shown).replace(STATUS, "")
    return TITLE_ID.sub(r"\1id=", shown)


def _without(html: str, start: str, end: str) -> str:
    pieces, at = list[str](), 0
    while (begin := html.find(start, at)) >= 0 and (stop := html.find(end, begin)) >= 0:
        pieces.append(html[at:begin])
        at = stop + len(end)
    return "".join([*pieces, html[at:]])
