"""The YAML between `---` lines: the page's `quiz:` settings, each problem at its line."""

import re
import reprlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import yaml

from quiz_plugin.model import LEVELS, SKILLS, Problem, Settings
from quiz_plugin.parse.yaml_tree import QUOTED, Tree, UnreadableError, read_tree
from quiz_plugin.problems import did_you_mean, nearest, one_of
from quiz_plugin.regex import regex

MOST_SECONDS, MOST_DRAWN = 3600, 10_000
MODES = ("study", "practice", "challenge", "strength", "flashcards", "review", "progress", "reference")
FRONT_MATTER = regex(r"---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
BLANK_LINES = regex(r"(?:[ \t]*\n)*")
OURS = regex(r"^[ \t]*[\"']?quiz\b", re.MULTILINE)
KEY = regex(r"^[\"']?quiz[\"']?[ \t]*:", re.MULTILINE)
# A line that can stand in a mapping, and hardly in a page's text.
OF_A_MAPPING = regex(r"[ \t]*$|[\w\"'-]+[ \t]*:(?:[ \t]|$)|[ \t]+\S|- ")
# Most front matter, which need not be read as YAML for that.
PLAIN_MAPPING = regex(r"(?:[A-Za-z_]+: [A-Za-z][\w ,.;()'\"/+-]*\n)+")


class Setting(NamedTuple):
    """One name that may stand under `quiz:`; `wants` says what in words, `fits` decides, `schema` says it to editors.

    A setting with `inside` is a mapping of these.
    """

    name: str
    wants: str
    help: str
    fits: Callable[[Any], bool]
    schema: dict[str, Any]
    inside: tuple["Setting", ...] = ()


def _words(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def _number(name: str, about: str, most: int) -> Setting:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most

    schema = {"type": "integer", "minimum": 1, "maximum": most}
    return Setting(name, f"a whole number from 1 to {most}", about, fits, schema)


def _choice(name: str, values: tuple[str, ...], about: str) -> Setting:
    return Setting(name, one_of(values), about, lambda v: v in values, {"enum": list(values)})


def _names(name: str, about: str) -> Setting:
    words = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    return Setting(name, f"a list of {name}, or {name} in one text", about, _words, words)


def _mapping(name: str, about: str, *inside: Setting) -> Setting:
    known = one_of(tuple(s.name for s in inside)).replace(" or ", " and ")
    properties = {s.name: described(s) for s in inside}
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return Setting(name, f"a mapping of {known}", about, lambda v: isinstance(v, dict), schema, inside)


def _of_each_level() -> Iterator[Setting]:
    return (_number(level, f"{level} questions", MOST_DRAWN) for level in LEVELS)


def described(setting: Setting) -> dict[str, Any]:
    """The setting's JSON schema with its help."""
    return {"description": setting.help, **setting.schema}


SETTINGS = (
    _choice("mode", MODES, "how the page's questions are asked"),
    _number("seconds_per_question", "time for each question of a challenge", MOST_SECONDS),
    _number("attempts", "tries for each question of a challenge", 100),
    Setting("badge", "a text", "the name of the badge", lambda v: isinstance(v, str), {"type": "string"}),
    _names("topics", "what the page is about: the pages of these topics list it"),
    _mapping(
        "defaults",
        "attributes of questions that do not say",
        _choice("level", LEVELS, "the level"),
        _names("topics", "the topics"),
        _choice("skill", SKILLS, "the skill"),
        _names("outcomes", "the outcomes they serve"),
    ),
    _mapping(
        "draw",
        "how a drawn set is put together",
        _number("count", "how many questions", MOST_DRAWN),
        _names("topics", "only questions of these topics"),
        _mapping("levels", "how many of each level", *_of_each_level()),
    ),
)
QUIZ = _mapping("quiz", "how Quizproof asks the questions of this page", *SETTINGS)


def schema() -> dict[str, Any]:
    """The JSON schema of a page's front matter; other tools' names in it are none of ours."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Front matter of a page with Quizproof questions",
        "type": "object",
        "properties": {"quiz": described(QUIZ)},
    }


def not_read(path: str, text: str) -> list[Problem]:
    """Front matter with a `quiz:` that would stand in the page as text: below empty lines, or never closed."""
    start = BLANK_LINES.match(text).end()  # type: ignore[union-attr]
    if not text.startswith("---", start):
        return []
    block = FRONT_MATTER.match(text, start)
    if block and start and KEY.search(block[1] or "") and OF_A_MAPPING.match(block[1].lstrip("\n")):
        line = text.count("\n", 0, start) + 1
        message = f"the front matter begins in line {line}, expected line 1"
        return [Problem(path, line, 1, "bad-front-matter", message, "delete the empty lines above it")]
    if not block and _begins_settings(text[start:].split("\n")):
        line = text.count("\n", 0, start) + 1
        message = "the front matter that begins here is never closed"
        return [Problem(path, line, 1, "bad-front-matter", message, "end it with a line that holds only ---")]
    return []


def _begins_settings(lines: list[str]) -> bool:
    """Whether `quiz:` stands below the `---` of the first line, behind lines that hold settings."""
    if lines[0].strip(" \t") != "---":
        return False
    paragraph = True
    for line in lines[1:]:
        if KEY.match(line):
            return True
        paragraph = paragraph and bool(line.strip())
        if not paragraph and not OF_A_MAPPING.match(line):
            return False
    return False


def split_front_matter(text: str) -> tuple[str, int]:
    """The YAML text and the number of lines of the front matter, or ("", 0): what is no mapping is part of the page."""
    match = FRONT_MATTER.match(text) if text.startswith("---") else None
    if match is None or not _is_ours_or_a_mapping(match[1] or ""):
        return "", 0
    return match[1] or "", match[0].count("\n") + (not match[0].endswith("\n"))


def _is_ours_or_a_mapping(source: str) -> bool:
    if not source or KEY.search(source) or PLAIN_MAPPING.fullmatch(source):
        return True
    try:
        return isinstance(read_tree(source).data, dict)
    except UnreadableError:
        return OURS.search(source) is not None  # which is reported


def read_settings(path: str, source: str) -> tuple[Settings, list[Problem]]:
    """The settings of a page; `source` starts on line 2 of the file. YAML without `quiz:` is none of our business."""
    if not OURS.search(source) and "quiz" not in source:
        return Settings(), []
    try:
        tree = read_tree(source)
    except UnreadableError as error:
        return Settings(), [_unreadable(path, error)] if OURS.search(source) else []
    if not isinstance(tree.root, yaml.MappingNode) or not isinstance(tree.data, dict):
        return Settings(), []
    reader = _Reader(path, tree)
    entries = [entry for entry in tree.entries(tree.root) if entry.name == "quiz"]
    own = [entry for entry in entries if not entry.merged] or entries[-1:]
    if len(own) > 1:
        reader.bad(own[1].key, "quiz: stands twice", "join the two")
    if len(own) != 1:
        return Settings(), reader.problems
    values = reader.read(QUIZ, own[0].key, own[0].value, tree.data["quiz"], "")
    return replace(Settings(places=reader.places), **_plain(values)), reader.problems


@dataclass
class _Reader:
    """Reads a mapping along with its nodes, which know where each value stands."""

    path: str
    tree: Tree
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def place(self, node: yaml.Node) -> tuple[int, int]:
        line, column = self.tree.place(node)
        return line + 1, column

    def bad(self, node: yaml.Node, message: str, hint: str, code: str = "bad-front-matter") -> None:
        self.problems.append(Problem(self.path, *self.place(node), code, message, hint))

    def read(self, setting: Setting, key: yaml.Node, node: yaml.Node, data: Any, above: str) -> dict[str, Any]:
        """What fits, name by name; the rest becomes problems. `above` names the mappings that this one is in."""
        if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
            self.bad(key, f"{above}{setting.name} is not {setting.wants}", _mapping_example(setting))
            return {}
        where = f"{above}{setting.name}: "
        found: dict[str, Any] = {}
        own = {entry.name for entry in self.tree.entries(node) if not entry.merged}
        for name, name_node, value_node, merged in self.tree.entries(node):
            if merged and name in own:
                continue
            inner = next((s for s in setting.inside if s.name == name), None)
            if inner is None:
                self._unknown(setting, name_node, where)
            elif name in found and not merged:
                self.bad(name_node, f"{where}{name} stands twice", "keep one of the two")
            elif inner.inside:
                found[name] = self.read(inner, name_node, value_node, data[name], where)
            elif not inner.fits(data[name]):
                shown = _shown(data[name])
                values = [str(v) for v in inner.schema.get("enum", [])]
                message = f"{where}{name} is {shown!r}, expected {inner.wants}{did_you_mean(shown, values)}"
                self.bad(value_node, message, f"for example:  {name}: {nearest(shown, values) or _example(inner)}")
            else:
                found[name] = data[name]
                self.places[f"{where}{name}".removeprefix("quiz: ").replace(": ", ".")] = self.place(value_node)
        return found

    def _unknown(self, setting: Setting, node: yaml.Node, where: str) -> None:
        names = [s.name for s in setting.inside]
        name = str(node.value)[:QUOTED]
        message = f"{where}has no setting {name!r}{did_you_mean(name, names)}"
        self.bad(node, message, f"the settings are {one_of(names)}", "unknown-setting")


class _Brief(reprlib.Repr):
    """Shows values of any size and depth in few characters."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 2, QUOTED, QUOTED

    def repr_int(self, x: int, level: int) -> str:
        # Python does not write out thousands of digits.
        return repr(x) if x.bit_length() < 4 * QUOTED else hex(x)[:QUOTED]


def _shown(value: Any) -> str:
    large = isinstance(value, list | tuple | dict | set | int) and not isinstance(value, bool)
    return (_Brief().repr(value) if large else str(value))[:QUOTED]


def _example(setting: Setting) -> str:
    text = "Master" if setting.name == "badge" else "pruning"
    return str(setting.schema.get("enum", [2 if setting.schema.get("type") == "integer" else text])[0])


def _mapping_example(setting: Setting) -> str:
    first = setting.inside[0]
    return f"for example:  {setting.name}: {{{first.name}: {_example(first)}}}"


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Names of the defaults as one text, as attributes have them; the page's own as a tuple."""
    if "defaults" in values:
        values["defaults"] = dict(_pairs(values["defaults"]))
    if "topics" in values:
        names = values["topics"]
        values["topics"] = tuple(names.split() if isinstance(names, str) else names)
    return values


def _pairs(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        yield name, value if isinstance(value, str) else " ".join(value)


def _unreadable(path: str, error: UnreadableError) -> Problem:
    message = f"the front matter cannot be read: {error}"
    hint = error.hint or "the lines between --- and --- are YAML:  name: value"
    return Problem(path, error.line + 1, error.column or 1, "bad-front-matter", message, hint)
