"""The `{ .class #id name="value" }` of a heading, with columns; the syntax is attr_list's, a fence's header alike."""

import re
from itertools import pairwise

from quiz_plugin.model import Attribute

Attributes = tuple[Attribute, ...]
TOKEN = re.compile(r"""([^\s=}]+)=(?:"([^"]*)"|'([^']*)'|([^\s"'}]*))|([^\s}]+)""")
KEY_VALUE = re.compile(r"""(?<![\w-])([A-Za-z_][\w-]*)=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))""")
CURLY = "“”„‘’"


def read_attributes(text: str, column: int) -> Attributes:
    """The tokens between the braces; `column` is the source column of the first character."""
    found = []
    for match in TOKEN.finditer(text):
        name, word = match[1], match[5]
        at = column + match.start()
        if word is None:
            group = next(n for n in (2, 3, 4) if match[n] is not None)
            found.append(Attribute(name, match[group], at, column + match.start(group)))
        elif word[0] in ".#":
            found.append(Attribute(word[0], word[1:], at))
        else:
            found.append(Attribute(word, "", at))
    return tuple(found)


def values(attributes: Attributes, name: str) -> list[str]:
    """The values of every attribute of that name, in order."""
    return [a.value for a in attributes if a.name == name]


def broken_syntax(attributes: Attributes) -> tuple[Attribute, str] | None:
    """The first attribute that makes all after it meaningless, and what is wrong with it."""
    for attribute, following in pairwise(attributes):
        name, begins = attribute.name, following.name[:1]
        if begins == "=":
            return attribute, f'found a space between "{name}" and "="'
        behind_equals = attribute.column + len(name) + 1
        if not attribute.value and attribute.value_column == behind_equals and not following.value_column:
            if following.column == behind_equals:
                return attribute, f"the quote that opens at {name}= is never closed"
            if begins not in ".#":
                return attribute, f'found a space after "{name}="'
    return None
