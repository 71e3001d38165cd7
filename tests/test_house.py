"""The house's rules: who imports what, how long modules are, what is written down in one place only."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quiz_plugin.evidence.engines import ENGINES
from quiz_plugin.model import ENGINES as ENGINE_NAMES
from quiz_plugin.parse.front_matter import QUIZ, Setting, schema
from quiz_plugin.problems import CODES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "quiz_plugin"
MODULES = sorted(PACKAGE.rglob("*.py"))
DOORS = {"markdown": ["extension.py"], "mkdocs": ["plugin.py", "preview.py"], "pymdownx": [], "material": []}
NOT_HERE = ("torch", "numpy", "sklearn", "playwright", "hypothesis")
LONGEST = 400


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("package", DOORS)
def test_one_door_to_each_framework(package: str) -> None:
    assert [name_of(p) for p in MODULES if package in imports(p)] == DOORS[package]


def test_the_package_imports_nothing_that_only_authors_need() -> None:
    # The harness runs in the reader's browser, where the packages of its engine are.
    ours = [p for p in MODULES if name_of(p) != "assets/python_harness.py"]
    assert {name_of(p): set(imports(p)) & set(NOT_HERE) for p in ours if set(imports(p)) & set(NOT_HERE)} == {}


def test_only_programs_and_what_tests_them_import_torch() -> None:
    shown = [*(ROOT / "snippets").rglob("*.py"), *(ROOT / "tools").rglob("*.py"), *MODULES]
    assert len(shown) > len(MODULES)
    assert [path.relative_to(ROOT).as_posix() for path in shown if "torch" in imports(path)] == []


def test_the_parser_and_the_model_know_nothing_of_what_is_above_them() -> None:
    above = ("checks", "evidence", "render", "extension", "plugin", "collect", "cli", "marks")
    for path in [
        PACKAGE / "model.py",
        PACKAGE / "problems.py",
        PACKAGE / "plain.py",
        *(PACKAGE / "parse").glob("*.py"),
    ]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(rf"quiz_plugin\.({'|'.join(above)})\b", text), name_of(path)


def test_the_runner_of_authors_code_imports_nothing_of_the_package() -> None:
    assert "quiz_plugin" not in set(imports(PACKAGE / "evidence" / "runner.py"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_fit_into_the_head(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST
    assert lines
    assert lines[0].startswith('"""')


def test_engines_are_named_alike() -> None:
    assert tuple(ENGINES) == ENGINE_NAMES


def test_codes_are_used_and_declared() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in MODULES if p.name != "problems.py")
    used = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', text))
    assert set(CODES) <= used
    assert {about.severity for about in CODES.values()} == {"error", "warning"}
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in CODES)


def test_the_schema_file_is_that_of_the_parser() -> None:
    written = (PACKAGE / "front-matter.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == schema()
    assert written == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


VALUES = [
    "study",
    "hard",
    "beginner",
    1,
    0,
    -1,
    100,
    101,
    3600,
    3601,
    10_000,
    10_001,
    2.5,
    True,
    None,
    [],
    ["pruning"],
    [1],
    {},
    "pruning tools",
    "concept",
]


def settings(setting: Setting = QUIZ) -> Iterator[Setting]:
    for inner in setting.inside:
        yield inner
        yield from settings(inner)


@pytest.mark.parametrize("setting", list(settings()), ids=lambda setting: setting.name)
def test_schema_and_parser_agree(setting: Setting) -> None:
    assert [bool(setting.fits(v)) for v in VALUES] == [fits(v, setting.schema) for v in VALUES]


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """As much of JSON Schema as ours uses."""
    known = {"enum", "type", "minimum", "maximum", "anyOf", "items", "properties", "additionalProperties"}
    assert set(schema) <= {*known, "description"}
    kinds = {"integer": int, "string": str, "array": list, "object": dict}
    if "anyOf" in schema:
        return any(fits(value, s) for s in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"] and not isinstance(value, bool)
    if not isinstance(value, kinds[schema["type"]]) or isinstance(value, bool):
        return False
    if isinstance(value, list):
        return all(fits(v, schema["items"]) for v in value)
    return not isinstance(value, int) or schema.get("minimum", value) <= value <= schema.get("maximum", value)
