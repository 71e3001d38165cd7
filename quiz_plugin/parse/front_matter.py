"""The YAML between `---` lines: the page's `quiz:` settings, each problem at its line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from quiz_plugin.model import LEVELS, Problem, Settings
from quiz_plugin.problems import did_you_mean, one_of

MODES = ("study", "practice", "challenge", "strength", "flashcards", "review", "reference")
FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Setting:
    """One name that may stand under `quiz:`; `wants` says what in words, `fits` decides."""

    name: str
    wants: str
    fits: Callable[[Any], bool]
    help: str


def _positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _words(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def _is_defaults(value: Any) -> bool:
    return isinstance(value, dict) and all(k in ("level", "topics", "skill") and _words(v) for k, v in value.items())


def _is_draw(value: Any) -> bool:
    if not isinstance(value, dict) or not _positive(value.get("count")):
        return False
    levels = value.get("levels", {})
    fits_levels = isinstance(levels, dict) and all(k in LEVELS and _positive(v) for k, v in levels.items())
    return set(value) <= {"count", "topics", "levels"} and _words(value.get("topics", [])) and fits_levels


SETTINGS = (
    Setting("mode", one_of(MODES), lambda v: v in MODES, "how the page's questions are asked"),
    Setting("seconds_per_question", "a whole number above 0", _positive, "time for each question of a challenge"),
    Setting("attempts", "a whole number above 0", _positive, "tries for each question of a challenge"),
    Setting("badge", "a text", lambda v: isinstance(v, str), "the name of the badge for a perfect challenge"),
    Setting("defaults", "level, topics and skill", _is_defaults, "attributes of questions that do not say"),
    Setting("draw", "count, and optionally topics and levels", _is_draw, "how a drawn set is put together"),
)


def split_front_matter(text: str) -> tuple[str, int]:
    """The YAML text and the number of lines that the front matter takes, or ("", 0)."""
    match = FRONT_MATTER.match(text) if text.startswith("---") else None
    if match is None:
        return "", 0
    return match[1] or "", match[0].count("\n") + (not match[0].endswith("\n"))


def read_settings(path: str, source: str) -> tuple[Settings, list[Problem]]:
    """The settings of a page; `source` starts on line 2 of the file."""
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        data = yaml.safe_load(source)
    except yaml.YAMLError as error:
        return Settings(), [_unreadable(path, error)]
    if not isinstance(node, yaml.MappingNode):
        return Settings(), []
    entry = next(((k, v) for k, v in node.value if k.value == "quiz"), None)
    if entry is None:
        return Settings(), []
    if not isinstance(entry[1], yaml.MappingNode):
        return Settings(), [
            _bad(path, entry[0], "quiz: is not a mapping", "write for example:  quiz: {mode: practice}")
        ]
    return _read_quiz(path, entry[1], data["quiz"])


def _read_quiz(path: str, node: yaml.MappingNode, data: Mapping[str, Any]) -> tuple[Settings, list[Problem]]:
    settings, problems = Settings(), []
    for key, value_node in node.value:
        name = str(key.value)
        setting = next((s for s in SETTINGS if s.name == name), None)
        if setting is None:
            names = [s.name for s in SETTINGS]
            message = f"quiz: has no setting {name!r}{did_you_mean(name, names)}"
            problems.append(_problem(path, key, "unknown-setting", message, f"the settings are {one_of(names)}"))
        elif not setting.fits(data[name]):
            shown = str(data[name])[:60]
            message = f"quiz: {name} is {shown!r}, expected {setting.wants}"
            problems.append(_bad(path, value_node, message, f"{name}: {setting.help}"))
        else:
            settings = replace(settings, **{name: _plain(name, data[name])})
    return settings, problems


def _plain(name: str, value: Any) -> Any:
    if name != "defaults":
        return value
    return {k: v if isinstance(v, str) else " ".join(v) for k, v in value.items()}


def _problem(path: str, node: yaml.Node, code: str, message: str, hint: str) -> Problem:
    return Problem(path, node.start_mark.line + 2, node.start_mark.column + 1, code, message, hint)


def _bad(path: str, node: yaml.Node, message: str, hint: str) -> Problem:
    return _problem(path, node, "bad-front-matter", message, hint)


def _unreadable(path: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it is not YAML"
    line, column = (mark.line + 2, mark.column + 1) if mark else (1, 1)
    message = f"the front matter cannot be read: {what}"
    return Problem(
        path, line, column, "bad-front-matter", message, "the lines between --- and --- are YAML:  name: value"
    )
