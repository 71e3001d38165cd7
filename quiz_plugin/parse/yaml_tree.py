"""YAML as nodes and as data: where each value stands, and every fault at its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# No settings need as many; far deeper, YAML's parser takes long and runs out of stack.
DEEPEST = 100
# As much of a value as a message quotes.
QUOTED = 60
TAG = "tag:yaml.org,2002:"
# What text that YAML takes for one of these types is not, when it cannot be read as one.
TYPES = {"timestamp": "a date", "int": "a number that can be read", "float": "a number that can be read"}
TYPES |= {"bool": "true or false"}
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class UnreadableError(Exception):
    """What is wrong with YAML; line and column count from 1 in its text, and are 0 where nobody knows."""

    def __init__(self, what: str, place: tuple[int, int], hint: str = "") -> None:
        super().__init__(what)
        self.line, self.column = place
        self.hint = hint


class Entry(NamedTuple):
    """One entry of a mapping. `merged`: it came in through `<<`, so the mapping may have another of that name."""

    name: str
    key: yaml.Node
    value: yaml.Node
    merged: bool


@dataclass(frozen=True)
class Tree:
    """YAML that could be read."""

    text: str
    root: yaml.Node | None
    data: Any

    def place(self, node: yaml.Node) -> tuple[int, int]:
        """Line and column of a node, from 1."""
        return _place(self.text, node.start_mark)

    def entries(self, node: yaml.MappingNode) -> Iterator[Entry]:
        """The entries of a mapping; a key that is no text has the name ""."""
        for key, value in node.value:
            is_text = isinstance(key, yaml.ScalarNode) and key.tag == f"{TAG}str"
            yield Entry(str(key.value) if is_text else "", key, value, key.start_mark.index < node.start_mark.index)


def read_tree(text: str) -> Tree:
    """The text's nodes and data, or an UnreadableError."""
    if odd := UNPRINTABLE.search(text):
        raise UnreadableError(f"found the character {odd[0]!r}", _at(text, odd.start()))
    root: yaml.Node | None = None
    try:
        _measure(text)
        loader = Loader(text)
        try:
            root = loader.get_single_node()
            return Tree(text, root, loader.construct_document(root) if root else None)
        finally:
            loader.dispose()
    except UnreadableError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError(str(error.problem), _place(text, mark) if mark else (0, 0)) from error
    except Exception as error:
        # What makes dates and numbers for PyYAML raises whatever they raise.
        raise _odd_value(text, root) from error


def _place(text: str, mark: Any) -> tuple[int, int]:
    # YAML ends lines at more characters than Markdown does.
    return _at(text, min(mark.index, len(text)))


def _at(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _measure(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise UnreadableError(f"it nests deeper than {DEEPEST} levels", _place(text, event.start_mark))


def _odd_value(text: str, root: yaml.Node | None) -> UnreadableError:
    """The first value that is not what YAML takes it for."""
    for node in _scalars(root):
        try:
            yaml.SafeLoader("").construct_object(node)
        except Exception:
            shown = str(node.value)[:QUOTED]
            name = str(node.tag).removeprefix(TAG)
            what = f"{shown!r} is not {TYPES.get(name, name)}"
            return UnreadableError(what, _place(text, node.start_mark), f'mend it, or make it a text:  "{shown}"')
    return UnreadableError("it is not YAML", (0, 0))


def _scalars(root: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """The values and names in the order of the source; what stands in two places comes once."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node
        elif isinstance(node, yaml.MappingNode):
            waiting += [inner for pair in reversed(node.value) for inner in reversed(pair)]
        else:
            waiting += reversed(node.value)
