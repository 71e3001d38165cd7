"""Patterns that are compiled late are patterns all the same."""

import importlib
import pkgutil
import re

import pytest

import quiz_plugin
from quiz_plugin.regex import regex

MODULES = [
    found.name
    for found in pkgutil.walk_packages(quiz_plugin.__path__, "quiz_plugin.")
    if not found.name.endswith(("__main__", "evidence.runner")) and ".assets" not in found.name
]
LATE = [
    (module, name)
    for module in MODULES
    for name, value in vars(importlib.import_module(module)).items()
    if isinstance(value, type(regex("")))
]


def test_it_does_what_a_compiled_one_does():
    late = regex(r"(?P<word>a+)", re.IGNORECASE)
    assert late.sub("-", "bAab") == "b-b"
    assert late.search("xAA")["word"] == "AA"
    assert late.search("xb") is None
    assert (late.pattern, late.groups) == (r"(?P<word>a+)", 1)


def test_nothing_is_compiled_before_it_is_used():
    broken = regex("(")
    with pytest.raises(re.error, match=r"missing \), unterminated subpattern at position 0"):
        broken.match("x")


def test_a_name_that_no_pattern_has_is_an_error():
    with pytest.raises(AttributeError, match=r"'re\.Pattern' object has no attribute 'matches'"):
        regex("a").matches("a")


@pytest.mark.parametrize(("module", "name"), LATE)
def test_each_of_the_packages_patterns_can_be_compiled(module, name):
    assert vars(importlib.import_module(module))[name].groups >= 0


def test_there_are_some():
    assert len(LATE) > 50
