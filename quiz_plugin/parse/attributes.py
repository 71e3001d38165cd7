"""The `{ .class #id name="value" }` of a heading, with columns; the syntax is attr_list's."""

import re

from quiz_plugin.model import Attribute

Attributes = tuple[Attribute, ...]
TOKEN = re.compile(r"""([^\s=}]+)=(?:"([^"]*)"|'([^']*)'|([^\s"'}]*))|([^\s}]+)""")
KEY_VALUE = re.compile(r"""(?<![\w-])([A-Za-z_][\w-]*)=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+))""")


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
