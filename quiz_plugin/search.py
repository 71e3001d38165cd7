"""What search plugins are shown of a page: each question a section of its own, titles and choices, no answers."""

import re

HIDDEN = re.compile(r"<quiz-hidden\b.*?</quiz-hidden>|<details class=\"quiz-provenance\">.*?</details>", re.DOTALL)
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
    shown = CHOICE.sub(r"<p>\1</p>\n", WRAPPER.sub("", HIDDEN.sub("", html)))
    shown = BLOCKS.sub("", shown).replace(STATUS, "")
    return TITLE_ID.sub(r"\1id=", shown)
