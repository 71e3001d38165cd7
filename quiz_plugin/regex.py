"""Regular expressions that are compiled when they are first used.

Most of the language's patterns look for mistakes that few pages have, and to compile them all takes longer than to
check a hundred questions.
"""

import re
from typing import Any, cast


class _Later:
    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        # From now on the attribute is there, and this is not called for it again.
        setattr(self, name, found)
        return found


def regex(source: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, but not before it has to be; a mistake in it raises re.error at its first use."""
    return cast(re.Pattern[str], _Later(source, flags))
