"""The YAML between `---` lines: the page's `quiz:` settings, each problem at its line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from quiz_plugin.model import LEVELS, SKILLS, Problem, Settings
from quiz_plugin.problems import did_you_mean, nearest, one_of

MODES = ("study", "practice", "challenge", "strength", "flashcards", "review", "progress", "reference")
FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
UNCLOSED = re.compile(r"---[ \t]*\n(?:[^\n]+\n)*?quiz[ \t]*:")
OURS = re.compile(r"^[ \t]*[\"']?quiz\b", re.MULTILINE)
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Setting:
    """One name that may stand under `quiz:`; `wants` says what in words, `fits` decides, `schema` says it to editors.

    A setting with `inside` is a mapping of these.
    """

    name: str
    wants: str
    help: str
    fits: Callable[[Any], bool]
    schema: dict[str, Any]
    inside: tuple["Setting", ...] = ()


def _positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _words(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def _number(name: str, about: str) -> Setting:
    return Setting(name, "a whole number above 0", about, _positive, {"type": "integer", "minimum": 1})


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


def described(setting: Setting) -> dict[str, Any]:
    """The setting's JSON schema with its help."""
    return {"description": setting.help, **setting.schema}


SETTINGS = (
    _choice("mode", MODES, "how the page's questions are asked"),
    _number("seconds_per_question", "time for each question of a challenge"),
    _number("attempts", "tries for each question of a challenge"),
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
        _number("count", "how many questions"),
        _names("topics", "only questions of these topics"),
        _mapping("levels", "how many of each level", *(_number(level, f"{level} questions") for level in LEVELS)),
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


def never_closed(path: str, text: str) -> list[Problem]:
    """Front matter with a `quiz:` that no second `---` ends: it would stand in the page as text."""
    if not UNCLOSED.match(text) or FRONT_MATTER.match(text):
        return []
    message = "the front matter that begins here is never closed"
    return [Problem(path, 1, 1, "bad-front-matter", message, "end it with a line that holds only ---")]


def split_front_matter(text: str) -> tuple[str, int]:
    """The YAML text and the number of lines that the front matter takes, or ("", 0)."""
    match = FRONT_MATTER.match(text) if text.startswith("---") else None
    if match is None:
        return "", 0
    return match[1] or "", match[0].count("\n") + (not match[0].endswith("\n"))


def read_settings(path: str, source: str) -> tuple[Settings, list[Problem]]:
    """The settings of a page; `source` starts on line 2 of the file. YAML without `quiz:` is none of our business."""
    if not OURS.search(source) and "quiz" not in source:
        return Settings(), []
    loader = Loader(source)
    try:
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
    except (yaml.YAMLError, ValueError) as error:
        return Settings(), [_unreadable(path, error)] if OURS.search(source) else []
    finally:
        loader.dispose()
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        return Settings(), []
    entries = [(k, v) for k, v in node.value if k.value == "quiz"]
    if not entries:
        return Settings(), []
    if len(entries) > 1:
        return Settings(), [_bad(path, entries[1][0], "quiz: stands twice", "join the two")]
    reader = _Reader(path)
    values = reader.read(QUIZ, *entries[0], data["quiz"], "")
    return replace(Settings(places=reader.places), **_plain(values)), reader.problems


@dataclass
class _Reader:
    """Reads a mapping along with its nodes, which know where each value stands."""

    path: str
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def read(self, setting: Setting, key: yaml.Node, node: yaml.Node, data: Any, above: str) -> dict[str, Any]:
        """What fits, name by name; the rest becomes problems. `above` names the mappings that this one is in."""
        if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
            message = f"{above}{setting.name} is not {setting.wants}"
            self.problems.append(_bad(self.path, key, message, _mapping_example(setting)))
            return {}
        where = f"{above}{setting.name}: "
        found: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value)
            inner = next((s for s in setting.inside if s.name == name), None)
            if inner is None:
                self._unknown(setting, name_node, where)
            elif name in found:
                self.problems.append(_bad(self.path, name_node, f"{where}{name} stands twice", "keep one of the two"))
            elif inner.inside:
                found[name] = self.read(inner, name_node, value_node, data[name], where)
            elif not inner.fits(data[name]):
                found_value = str(data[name])[:60]
                values = [str(v) for v in inner.schema.get("enum", [])]
                near = nearest(found_value, values)
                message = f"{where}{name} is {found_value!r}, expected {inner.wants}{did_you_mean(found_value, values)}"
                hint = f"for example:  {name}: {near or _example(inner)}"
                self.problems.append(_bad(self.path, value_node, message, hint))
            else:
                found[name] = data[name]
                place = value_node.start_mark.line + 2, value_node.start_mark.column + 1
                self.places[f"{where}{name}".removeprefix("quiz: ").replace(": ", ".")] = place
        return found

    def _unknown(self, setting: Setting, node: yaml.Node, where: str) -> None:
        names = [s.name for s in setting.inside]
        message = f"{where}has no setting {str(node.value)!r}{did_you_mean(str(node.value), names)}"
        self.problems.append(_problem(self.path, node, "unknown-setting", message, f"the settings are {one_of(names)}"))


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


def _problem(path: str, node: yaml.Node, code: str, message: str, hint: str) -> Problem:
    return Problem(path, node.start_mark.line + 2, node.start_mark.column + 1, code, message, hint)


def _bad(path: str, node: yaml.Node, message: str, hint: str) -> Problem:
    return _problem(path, node, "bad-front-matter", message, hint)


def _unreadable(path: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it is not YAML"
    line, column = (mark.line + 2, mark.column + 1) if mark else (1, 1)
    message = f"the front matter cannot be read: {what}"
    hint = "the lines between --- and --- are YAML:  name: value"
    return Problem(path, line, column, "bad-front-matter", message, hint)
