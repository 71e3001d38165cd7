"""Labs: fences with `lab="ID"`, whose YAML says which Python answers, from which files, and with which controls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from quiz_plugin.model import Control, Lab
from quiz_plugin.parse.blocks import options_of
from quiz_plugin.parse.fences import Fence
from quiz_plugin.parse.scan import Scan
from quiz_plugin.parse.yaml_tree import Tree, UnreadableError, read_tree
from quiz_plugin.problems import did_you_mean, one_of
from quiz_plugin.regex import regex

LAB = regex(r"(?:^|[\s{])lab\s*=")
SLUG = regex(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CALL = regex(r"([A-Za-z_]\w*)\.([A-Za-z_]\w*)")
FILE = regex(r"(?:[\w.-]+/)*[\w-]+\.[\w.-]*\w")
KEYS = ("call", "files", "controls", "packages", "seconds")
CONTROL_KEYS = ("label", "value", "range", "unit", "choices")
PACKAGES = ("numpy",)
EXAMPLE = "for example:  sparsity: {label: Weights pruned, range: [0, 99], value: 50}"

Path = tuple[str | int, ...]
Number = int | float


def is_lab(fence: Fence) -> bool:
    """Whether the fence's header has `lab=`."""
    return "lab" in fence.header and LAB.search(fence.header) is not None


@dataclass
class _Source:
    """One fence's YAML: its data, and where each value stands; reports at the right line."""

    scan: Scan
    fence: Fence
    id: str
    data: Any = None
    # Line and column of each value in the YAML, from 1.
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def report(self, path: Path, message: str, hint: str) -> None:
        """Note a problem at the value, or at the nearest thing around it that has a place."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places[path] if path else (0, 1)
        self.scan.report(self.fence.first + line, column, "bad-lab", f'lab "{self.id}": {message}', hint)

    def read(self) -> bool:
        text = "".join(f"{line}\n" for line in self.scan.lines[self.fence.first + 1 : self.fence.last])
        try:
            tree = read_tree(text)
        except UnreadableError as error:
            self.places[("yaml",)] = error.line, max(error.column, 1)
            hint = error.hint or "texts with a colon or a # need quotes"
            self.report(("yaml",), f"its YAML cannot be read: {error}", hint)
            return False
        self.data = tree.data
        self._walk(tree, tree.root, (), set())
        return True

    def _walk(self, tree: Tree, node: yaml.Node | None, path: Path, seen: set[int]) -> None:
        if id(node) in seen:
            return  # an alias, which may lead round in a circle
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                at = (*path, str(key.value))
                if at in self.places:
                    self.places[at] = tree.place(key)
                    self.report(at, f'"{key.value}" stands twice', "leave one of them")
                    continue
                self.places[at] = tree.place(key)
                self._walk(tree, value, at, seen)
        elif isinstance(node, yaml.SequenceNode):
            for n, value in enumerate(node.value):
                self.places[*path, n] = tree.place(value)
                self._walk(tree, value, (*path, n), seen)


def read_lab(scan: Scan, fence: Fence) -> Lab:
    """The lab of a fence; what is wrong with it is reported, and then it must not be shown."""
    source = _Source(scan, fence, options_of(fence.header).get("lab", ""))
    if not SLUG.fullmatch(source.id):
        source.report((), f'the id "{source.id}" is not a lower-case slug', "use a to z, digits and single hyphens")
    found: dict[str, Any] = {}
    if source.read():
        if isinstance(source.data, dict):
            found = _checked(source)
        else:
            source.report((), "it has no settings", f"give it {one_of(KEYS[:3]).replace(' or ', ' and ')}")
    controls = found.get("controls", {})
    return Lab(
        source.id,
        found.get("call", ""),
        tuple(found.get("files", ())),
        tuple(found.get("packages", PACKAGES)),
        found.get("seconds", 10),
        tuple(controls.values()),
        scan.number(fence.first),
        scan.number(fence.last),
    )


def _checked(source: _Source) -> dict[str, Any]:
    data = source.data
    for key in data:
        if key not in KEYS:
            message = f'a lab has no setting "{key}"{did_you_mean(str(key), list(KEYS))}'
            source.report((str(key),), message, f"the settings are {one_of(KEYS)}")
    for key, example in (("call", "call: lab_pruning.show"), ("files", "files: [lab_pruning.py]"), ("controls", "")):
        if key not in data:
            source.report((), f"it has no {key}", f"for example:  {example}" if example else EXAMPLE)
    found = {key: data[key] for key, fits in CHECKS.items() if key in data and fits(source, data[key])}
    if "controls" in data:
        found["controls"] = _controls(source, data["controls"])
    return found


def _files(source: _Source, files: Any) -> bool:
    if not isinstance(files, list) or not files:
        source.report(("files",), "files is not a list", "name each file from the page's folder:  files: [lab.py]")
        return False
    names: set[str] = set()
    for n, file in enumerate(files):
        if not isinstance(file, str) or not FILE.fullmatch(file):
            source.report(
                ("files", n), f'"{file}" is not the name of a file', "name it from the page's folder, without ./"
            )
            return False
        name = file.rpartition("/")[2]
        if name in names:
            source.report(("files", n), f'two files are called "{name}"', "in the lab all files lie in one folder")
            return False
        names.add(name)
    return True


def _call(source: _Source, call: Any) -> bool:
    match = CALL.fullmatch(call) if isinstance(call, str) else None
    hint = "name a module among the files, and a function in it:  call: lab_pruning.show"
    if match is None:
        source.report(("call",), f'call is "{call}", expected MODULE.FUNCTION', hint)
        return False
    files = source.data.get("files")
    names = [str(file).rpartition("/")[2] for file in files] if isinstance(files, list) else []
    if f"{match[1]}.py" not in names:
        source.report(("call",), f"call names {match[1]}, and {match[1]}.py is not among the files", hint)
        return False
    return True


def _packages(source: _Source, packages: Any) -> bool:
    wrong = packages if not isinstance(packages, list) else next((p for p in packages if p not in PACKAGES), None)
    if wrong is None:
        return True
    source.report(
        ("packages",), f'packages has "{wrong}"', f"the page can bring {one_of(PACKAGES)}:  packages: [numpy]"
    )
    return False


def _seconds(source: _Source, seconds: Any) -> bool:
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 1000:
        return True
    source.report(("seconds",), f'seconds is "{seconds}", expected a whole number from 1 to 999', "seconds: 10")
    return False


CHECKS = {"files": _files, "call": _call, "packages": _packages, "seconds": _seconds}


def _controls(source: _Source, controls: Any) -> dict[str, Control]:
    if not isinstance(controls, dict) or not controls:
        source.report(("controls",), "controls is not a mapping of names to controls", EXAMPLE)
        return {}
    found = {}
    for name, settings in controls.items():
        wrong = next(_wrong_control(str(name), settings), None)
        if wrong:
            key, message, hint = wrong
            source.report(("controls", str(name), key), f'control "{name}" {message}', hint)
        else:
            found[str(name)] = _control(str(name), settings)
    return found


def _wrong_control(name: str, settings: Any) -> Iterator[tuple[str, str, str]]:
    """What is wrong: the setting, the message, the hint."""
    if not name.isidentifier():
        yield "", "is not a name that Python can take", "use letters, digits and _"
    if not isinstance(settings, dict):
        yield "", "has no settings", EXAMPLE
        return
    for key in settings:
        if key not in CONTROL_KEYS:
            message = f'has no setting "{key}"{did_you_mean(str(key), list(CONTROL_KEYS))}'
            yield str(key), message, f"the settings are {one_of(CONTROL_KEYS)}"
    if not isinstance(settings.get("label"), str) or not settings["label"].strip():
        yield "label", "has no label", f"say what it changes; {EXAMPLE}"
    if "value" not in settings:
        yield "", "has no value to begin with", EXAMPLE
    if not isinstance(settings.get("unit", ""), str):
        yield "unit", "has a unit that is not a text", 'for example:  unit: "%"'
    yield from _wrong_kind(settings, settings.get("value"))


def _wrong_kind(settings: dict[str, Any], value: Any) -> Iterator[tuple[str, str, str]]:
    if "range" in settings and "choices" in settings:
        yield "choices", "has both a range and choices", "leave one of them"
    elif "range" in settings:
        yield from _wrong_range(settings["range"], value)
    elif "choices" in settings:
        yield from _wrong_choices(settings["choices"], value)
    elif not isinstance(value, bool):
        yield "", "has neither a range nor choices, and its value is not true or false", EXAMPLE


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _wrong_range(limits: Any, value: Any) -> Iterator[tuple[str, str, str]]:
    if not isinstance(limits, list) or len(limits) not in (2, 3) or not all(map(_is_number, limits)):
        yield "range", "has a range that is not two numbers, and perhaps a step", "for example:  range: [90, 100, 0.5]"
    elif not limits[0] < limits[1] or (len(limits) == 3 and not 0 < limits[2] <= limits[1] - limits[0]):
        yield "range", f"has the range {limits}", "lowest, highest, and perhaps a step:  range: [90, 100, 0.5]"
    elif not _is_number(value) or not limits[0] <= value <= limits[1]:
        yield (
            "value",
            f'has the value "{value}", expected a number from {limits[0]} to {limits[1]}',
            "begin inside the range",
        )


def _wrong_choices(choices: Any, value: Any) -> Iterator[tuple[str, str, str]]:
    if not isinstance(choices, dict) or len(choices) < 2:
        yield (
            "choices",
            "has choices that are not a mapping of two or more",
            "for example:  choices: {a: First, b: Second}",
        )
        return
    for key, words in choices.items():
        if not isinstance(key, str) or not isinstance(words, str) or not words.strip():
            yield "choices", f'has the choice "{key}" without words', "quote what YAML takes for a number, yes or no"
    if value not in choices:
        yield (
            "value",
            f'has the value "{value}", which is none of its choices',
            f"begin with {one_of(list(map(str, choices)))}",
        )


def _control(name: str, settings: dict[str, Any]) -> Control:
    label, value, unit = settings["label"].strip(), settings["value"], settings.get("unit", "")
    if "range" in settings:
        low, high, *step = settings["range"]
        return Control(name, label, "range", value, unit, (low, high, step[0] if step else 1))
    if "choices" in settings:
        return Control(name, label, "choices", value, unit, choices=tuple(settings["choices"].items()))
    return Control(name, label, "switch", value, unit)


def report_misplaced_labs(scan: Scan, inside: set[int], fences: list[Fence]) -> list[Fence]:
    """The labs that stand at the page's own level; `inside`: line numbers of questions."""
    found = []
    for fence in fences:
        if fence.lead or scan.number(fence.first) in inside:
            hint = "a lab stands at the page's own level, between the questions"
            message = "a lab stands in a question, quotation or list, or is indented"
            scan.report(fence.first, len(fence.lead) + 1, "bad-lab", message, hint)
        else:
            found.append(fence)
    return found
