"""The Python-Markdown extension: the only door to `markdown`. It works alone, and keeps no state between pages."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from quiz_plugin.checks import broken_questions, check_page
from quiz_plugin.checks.evidence import valid_record
from quiz_plugin.leftovers import refuse
from quiz_plugin.marks import CLOSE, INLINE, OPEN, Mark, weave
from quiz_plugin.model import DRAWN_MODES, Block, Lab, Page, Problem, Question, Settings
from quiz_plugin.parse import SUSPICIONS, parse
from quiz_plugin.parse.spaces import without_marks
from quiz_plugin.problems import CODES
from quiz_plugin.render import (
    HEADINGS,
    Pieces,
    render_block,
    render_problems,
    render_progress,
    render_question,
    render_recorded,
    render_set,
)
from quiz_plugin.render_lab import render_lab
from quiz_plugin.settings import OPTIONS, Project, make_project

BARRIERS = ("unclosed-html", *SUSPICIONS)
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
MARK_TAG = "quiz-mark"
MARK_CHARACTERS = re.compile(f"{OPEN}\\d*{CLOSE}?|[{CLOSE}{INLINE}]")
# Before every other preprocessor: the parser reads what the author wrote.
FIRST = 1000
# After `inline`, before `attr_list` and `toc`.
HEADING_IDS = 9
# After `toc` and MkDocs' own look at anchors (5), before MkDocs makes links relative (0).
ASSEMBLE = 4.5


@dataclass
class Visit:
    """One page on its way through Markdown; the plugin makes it, or the extension itself when it is alone.

    `name` and `key`: the page's title, and what a set of questions on it is stored under (empty: the page's address).
    """

    project: Project
    path: str = "<text>"
    offset: int = 0
    settings: Settings | None = None
    name: str = ""
    key: str = ""
    page: Page | None = None
    problems: tuple[Problem, ...] = ()
    front_problems: tuple[Problem, ...] = ()
    marks: list[Mark] = field(default_factory=list)
    shown: tuple[Problem, ...] = ()
    barrier: Problem | None = None
    has_questions: bool = False
    has_code: bool = False
    has_labs: bool = False

    def report(self, line: int, code: str, message: str, hint: str, question: str = "") -> Problem:
        problem = Problem(self.path, line, 1, code, message, hint, CODES[code].severity, question)
        self.problems = (*self.problems, problem)
        return problem

    def box(self, title: str, problems: list[Problem]) -> Element:
        """What stands in the place of what cannot be shown."""
        self.shown = (*self.shown, *problems)
        return render_problems(title, problems)


def _no_visit() -> Visit | None:
    return None


class QuizproofExtension(Extension):
    """Questions in Markdown. The options are those of the plugin; `visit` is the plugin's own way in."""

    def __init__(self, **options: Any) -> None:
        self.config = {name: [option.default, option.help] for name, option in OPTIONS.items()}
        # Python-Markdown turns the value of an option whose default is None into a boolean.
        self.config["visit"] = [_no_visit, "a function that returns the Visit of the page being rendered"]
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        reader = Reader(md, self)
        md.registerExtension(self)
        if "fenced_code_block" not in md.preprocessors:
            # Questions are made of fences; an extension that comes later puts its own in this one's place.
            from markdown.extensions.fenced_code import FencedCodeExtension  # noqa: PLC0415  (it brings Pygments)

            FencedCodeExtension().extendMarkdown(md)
        md.preprocessors.register(reader, "quizproof", FIRST)
        md.parser.blockprocessors.register(MarkBlocks(md.parser), "quizproof_marks", FIRST)
        md.treeprocessors.register(HeadingIds(reader), "quizproof_heading_ids", HEADING_IDS)
        md.treeprocessors.register(Assembler(reader), "quizproof", ASSEMBLE)
        md.postprocessors.register(Cleaner(reader), "quizproof", -1)

    def visit(self) -> Visit:
        """The page at hand: the plugin's, else a fresh one with this extension's own options."""
        make = self.getConfig("visit")
        return make() or Visit(make_project(Path.cwd(), ".", self.getConfigs()))


class Reader(Preprocessor):
    """Parses and checks the page, and writes its questions out flat, with marks."""

    def __init__(self, md: Markdown, extension: QuizproofExtension) -> None:
        super().__init__(md)
        self.extension = extension
        self.visit = extension.visit()

    def run(self, lines: list[str]) -> list[str]:
        visit = self.visit = self.extension.visit()
        source = without_marks("\n".join(lines))
        visit.page = page = parse(source, visit.path, offset=visit.offset, settings=visit.settings)
        visit.problems = (*visit.front_problems, *check_page(page, visit.project))
        visit.marks = []
        visit.barrier = _barrier(page)
        if not page.questions and not page.blocks and not page.labs and not visit.barrier:
            return source.split("\n")
        stop = visit.barrier.line if visit.barrier else None
        woven = weave(page, broken_questions(page, visit.problems), stop)
        visit.marks = woven.marks
        front = source.split("\n")[: page.first_line - 1] if visit.offset == 0 and page.first_line > 1 else []
        return [*front, *woven.lines]


def _barrier(page: Page) -> Problem | None:
    """What in the page's own text takes in all that follows, or almost is a question: the rest would show a key."""
    inside = [(q.line, q.end_line) for q in page.questions]
    loose = (p for p in page.problems if not any(first <= p.line <= last for first, last in inside))
    return next((p for p in loose if p.code in BARRIERS), None)


class HeadingIds(Treeprocessor):
    """Gives question headings their ids before the table of contents is made."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.md)
        self.reader = reader

    def run(self, root: Element) -> None:
        marks = self.reader.visit.marks
        for parent in _parents_of_marks(root) if marks else ():
            waiting: Question | None = None
            for child in parent:
                number = _mark_number(child)
                if number is not None:
                    mark = marks[number]
                    waiting = mark.owner if mark.role == "begin" and isinstance(mark.owner, Question) else waiting
                elif waiting and child.tag in HEADINGS:
                    child.text = (child.text or "").removeprefix(INLINE)
                    child.set("id", waiting.id)
                    waiting = None


class MarkBlocks(BlockProcessor):
    """Makes marks elements of their own: as paragraphs they would cost as much inline parsing as the text."""

    def test(self, parent: Element, block: str) -> bool:
        return block.startswith(OPEN)

    def run(self, parent: Element, blocks: list[str]) -> bool:
        match = MARK.fullmatch(blocks[0].strip())
        if match is None:
            return False
        blocks.pop(0)
        SubElement(parent, MARK_TAG, {"number": match[1]})
        return True


def _mark_number(child: Element) -> int | None:
    return int(child.get("number", "")) if child.tag == MARK_TAG else None


def _parents_of_marks(root: Element) -> list[Element]:
    if len(root.findall(MARK_TAG)) == sum(1 for _ in root.iter(MARK_TAG)):  # most pages, and soon seen
        return [root]
    return [parent for parent in root.iter() if parent.find(MARK_TAG) is not None]


class Assembler(Treeprocessor):
    """Puts the pieces between the marks together into questions."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.md)
        self.reader = reader

    def run(self, root: Element) -> None:
        visit = self.reader.visit
        if visit.marks:
            _Assembly(visit).run(root)
        refuse(root, visit)
        if visit.barrier:
            root.append(visit.box("The rest of this page cannot be shown", [visit.barrier]))
        elif visit.page and visit.page.settings.mode in DRAWN_MODES:
            root.append(render_set(visit.page.settings, visit.name, visit.key))
            visit.has_questions = True
        elif visit.page and visit.page.settings.mode == "progress":
            root.append(render_progress())


class _Assembly:
    """The work on one tree."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.recorded: dict[int, list[Element]] = {}
        self.done: set[int] = set()
        roles = ("begin", "choice", "feedback", "part")
        self.expected = Counter(m.owner.line for m in visit.marks if m.role in roles)
        self.by_id = {q.id: q for q in visit.page.questions} if visit.page else {}
        self.swallowed: list[Element] = []

    def run(self, root: Element) -> None:
        parents = _parents_of_marks(root)
        if any(mark.role in ("block", "lab") for mark in self.visit.marks):
            for parent in parents:
                self._blocks(parent)
        for parent in parents:
            self._questions(parent)
        for mark in self.visit.marks:
            if isinstance(mark.owner, Question) and mark.owner.line not in self.done:
                self._lost(mark.role, mark.owner)
        if self.swallowed:
            # Where one piece went astray, another's text may stand anywhere on the page.
            root[:] = self.swallowed
        elif self.visit.page:
            self._drop_marks(root)
            self._wrap(root, self.visit.page.settings)

    def _drop_marks(self, root: Element) -> None:
        """What is left are marks of blocks whose other end went astray."""
        for parent in _parents_of_marks(root):
            parent[:] = [child for child in parent if child.tag != MARK_TAG]

    def _lost(self, role: str, question: Question) -> None:
        if role == "problem":
            self.swallowed.append(self._problem_box(question))
        else:
            self._swallowed(question)

    def _blocks(self, parent: Element) -> None:
        children: list[Element] = []
        source: list[Element] | None = None
        for child in list(parent):
            number = _mark_number(child)
            mark = self.visit.marks[number] if number is not None else None
            if mark and mark.role == "block":
                source = []
            elif mark and isinstance(mark.owner, Lab):
                children.append(self._lab(mark.owner))
            elif mark and mark.role == "block-end" and source is not None and isinstance(mark.owner, Block):
                children.append(self._block(mark.owner, source))
                source = None
            elif source is not None:
                source.append(child)
            else:
                children.append(child)
        parent[:] = children + (source or [])

    def _lab(self, lab: Lab) -> Element:
        wrong = [p for p in self.visit.problems if lab.line <= p.line <= lab.end_line]
        if wrong:
            return render_problems(f"This lab cannot be shown: {lab.id}", wrong)
        self.visit.has_labs = True
        return render_lab(lab)

    def _block(self, block: Block, source: list[Element]) -> Element:
        visit = self.visit
        record = valid_record(block, visit.project)
        question = self.by_id.get(block.question)
        locked = block.place == "stem" and question is not None and question.skill == "predict"
        if locked and question and record:
            self.recorded.setdefault(question.line, []).append(render_recorded(block, record))
        visit.has_code = True
        return render_block(block, source, record, locked)

    def _questions(self, parent: Element) -> None:
        children: list[Element] = []
        pieces: Pieces | None = None
        for child in list(parent):
            number = _mark_number(child)
            mark = self.visit.marks[number] if number is not None else None
            if mark is None and pieces is None:
                children.append(child)
            elif mark is None and pieces is not None:
                pieces.add(child)
            elif mark is not None and isinstance(mark.owner, Question):
                if mark.role in ("begin", "end", "problem"):
                    children += self._finish(pieces)
                    pieces = Pieces(mark.owner) if mark.role == "begin" else None
                if mark.role == "problem":
                    children.append(self._problem_box(mark.owner))
                elif pieces is not None and mark.role != "end":
                    pieces.start(mark)
        parent[:] = children + self._finish(pieces)

    def _finish(self, pieces: Pieces | None) -> list[Element]:
        if pieces is None:
            return []
        question = pieces.question
        if pieces.heading is None or pieces.marks != self.expected[question.line]:
            self._swallowed(question)
            return []
        self.done.add(question.line)
        self.visit.has_questions = True
        for elements in pieces.elements.values():
            _strip_inline(elements)
        pieces.recorded = self.recorded.get(question.line, [])
        return [render_question(pieces)]

    def _problem_box(self, question: Question) -> Element:
        self.done.add(question.line)
        inside = (p for p in self.visit.problems if question.line <= p.line <= question.end_line)
        self.visit.has_questions = True
        errors = [p for p in inside if p.severity == "error"]
        return self.visit.box(f"This question cannot be shown: {question.title}", errors)

    def _swallowed(self, question: Question) -> None:
        self.done.add(question.line)
        problem = self.visit.report(
            question.line,
            "unclosed-html",
            f'something before or in question "{question.id}" swallows a part of it',
            "look for an HTML element, or a /// block, that is opened above and not closed",
            question.id,
        )
        self.swallowed.append(self.visit.box(f"This question cannot be shown: {question.title}", [problem]))

    def _wrap(self, root: Element, settings: Settings) -> None:
        """Put the questions of a page with a mode, and all between them, into one quiz-set."""
        if settings.mode in ("study", "reference", "progress", *DRAWN_MODES):
            return
        places = [n for n, child in enumerate(root) if child.tag in ("quiz-question", "quiz-card")]
        if not places:
            return
        first, last = places[0], places[-1]
        wrapper = render_set(settings, self.visit.name, self.visit.key)
        wrapper.extend(root[first : last + 1])
        root[first : last + 1] = [wrapper]


def _strip_inline(elements: list[Element]) -> None:
    # A lone paragraph keeps its mark: it tells the renderer that the choice is inline.
    for paragraph in elements[:1] if len(elements) > 1 else ():
        paragraph.text = (paragraph.text or "").removeprefix(INLINE)


class Cleaner(Postprocessor):
    """Takes marks away that raw HTML swallowed."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.md)
        self.reader = reader

    def run(self, text: str) -> str:
        ours = self.reader.visit.marks and any(character in text for character in (OPEN, CLOSE, INLINE))
        return MARK_CHARACTERS.sub("", text) if ours else text


def makeExtension(**options: Any) -> QuizproofExtension:  # noqa: N802  (Python-Markdown's name)
    """Python-Markdown's entry point for a module name."""
    return QuizproofExtension(**options)
