"""Questions in the finished HTML that the parser did not see: never checked, so never shown."""

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from quiz_plugin.model import KINDS, Page
from quiz_plugin.parse.kinds import ends_in_kind
from quiz_plugin.plain import plain
from quiz_plugin.render import HEADINGS

if TYPE_CHECKING:
    from quiz_plugin.extension import Visit


def refuse(root: Element, visit: "Visit") -> None:
    """A question that the parser did not see was never checked: neither it nor what follows must be shown."""
    # Tag by tag takes a third of the time, and most pages have none.
    if not any(_is_question(e) for tag in HEADINGS for e in root.iter(tag)):
        return
    heading = next(e for e in root.iter() if e.tag in HEADINGS and _is_question(e))
    title = "".join(heading.itertext()).partition("{")[0].strip()
    line = _line_with(title, visit.page)
    if line:
        message = f'the page makes a question "{title}" of this line, which the checker does not read as one'
        hint = f"write it as a heading at the page's own level:  ## {title} {{ .choice #an-id }}"
    else:
        message = f'the question "{title}" comes from an include or a macro'
        hint = "write questions into the page itself; include snippets inside their pieces"
    problem = visit.report(line or 1, "included-question", message, hint)
    parents = {child: parent for parent in root.iter() for child in parent}
    parent = parents[heading]
    parent[list(parent).index(heading) :] = [visit.box(f"This question cannot be shown: {title}", [problem])]
    while parent is not root:
        outer = parents[parent]
        outer[list(outer).index(parent) + 1 :] = []
        parent.tail, parent = None, outer


def _line_with(title: str, page: Page | None) -> int:
    """The first source line that says this and is no question's heading, or 0."""
    if page is None or not title:
        return 0
    taken = {question.line for question in page.questions}
    lines = ((page.first_line + n, line) for n, line in enumerate(page.lines))
    return next((number for number, line in lines if number not in taken and title in plain(line)), 0)


def _is_question(heading: Element) -> bool:
    if set((heading.get("class") or "").split()) & set(KINDS):
        return True
    # Without attr_list the braces are still text; in a code span they are what the heading is about.
    return ends_in_kind("".join([heading.text or "", *(child.tail or "" for child in heading)]))
