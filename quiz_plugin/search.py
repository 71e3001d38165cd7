"""What search plugins are shown of a page: each question a section of its own, titles and choices, no answers."""

import re

HIDDEN = re.compile(r"<quiz-hidden\b.*?</quiz-hidden>|<details class=\"quiz-provenance\">.*?</details>", re.DOTALL)
TITLE_ID = re.compile(r'(<h[1-6] [^<>]*\bclass="quiz-title"[^<>]* )data-quiz-id=')
# Material's parser ends a section where the element around its heading ends: these elements are taken away.
WRAPPER = re.compile(r"</?(?:quiz-(?:question|card|set)|form|fieldset|legend)\b[^<>]*>")
# One paragraph for each choice, without its letter.
CHOICE = re.compile(r'<label><input\b[^<>]*>(?:<span class="quiz-letter">[A-Z]</span>)?(.*?)</label>', re.DOTALL)


def searchable(html: str) -> str:
    """The page's content for the index, made from its content for the reader."""
    shown = CHOICE.sub(r"<p>\1</p>\n", WRAPPER.sub("", HIDDEN.sub("", html)))
    return TITLE_ID.sub(r"\1id=", shown)
