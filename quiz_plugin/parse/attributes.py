"""The `{ .class #id name="value" }` of a heading, with columns; the syntax is attr_list's."""

import re

from quiz_plugin.model import Attribute

Attributes = tuple[Attribute, ...]
TOKEN = re.compile(r"""([^\s=}]+)=(?:"([^"]*)"|'([^']*)'|([^\s"'}]*))|([^\s}]+)""")
KEY_VALUE = re.compile(r"""([A-Za-z_][\w-]*)=(?:"([^"]*)"|'([^']*)')""")


def read_attributes(text: str, column: int) -> Attributes:
    """The tokens between the braces; `column` is the source column of the first character."""
    found = []
    for match in TOKEN.finditer(text):
        name, double, single, bare, word = match.groups()
        at = column + match.start()
        if word is None:
            value = next(v for v in (double, single, bare) if v is not None)
            found.append(Attribute(name, value, at))
        elif word[0] in ".#":
            found.append(Attribute(word[0], word[1:], at))
        else:
            found.append(Attribute(word, "", at))
    return tuple(found)


def values(attributes: Attributes, name: str) -> list[str]:
    """The values of every attribute of that name, in order."""
    return [a.value for a in attributes if a.name == name]
