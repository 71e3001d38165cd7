"""The walk from an empty folder, as the page has it: each file is written, each command says what stands below it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from rendering import ROOT

from quiz_plugin.parse import parse
from quiz_plugin.parse.front_matter import MODES

PAGE = (ROOT / "docs" / "contribute" / "own-site.md").read_text(encoding="utf-8")
FILE = re.compile(r'^(`{3,4})\w+ title="([\w./-]+)"\n(.*?)^\1$', re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^```sh\n(.*?)\n```\n\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
CONTRADICTED = re.compile(r"lets it pass:\n\n```text\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
MODE = re.compile(r"`quiz: {mode: (\w+)[^`]*}`")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {name: text for _, name, text in FILE.findall(PAGE)}
    assert sorted(files) == ["docs/index.md", "docs/loops.md", "mkdocs.yml"]
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        # The runtime is not what this test is about, and would be built for it.
        path.write_text(text.replace("  - quizproof:\n", '  - quizproof:\n      runtime: "off"\n'), encoding="utf-8")
    return tmp_path


def say(command: str, folder: Path) -> tuple[int, str]:
    """The exit code of a command of this environment, and all that it said."""
    module, *words = command.replace("quizproof", "quiz_plugin").split()
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout


def test_the_walk_says_what_the_page_says(folder: Path) -> None:
    commands = COMMAND.findall(PAGE)
    assert [command for command, _ in commands] == ["quizproof check", "quizproof record", "pytest docs"]
    codes = []
    for command, expected in commands:
        code, output = say(command, folder)
        codes.append(code)
        if expected:
            assert output == expected
    assert codes == [1, 0, 0]
    code, output = say("mkdocs build --strict", folder)
    assert code == 0, output
    page = folder / "docs" / "loops.md"
    page.write_text(page.read_text(encoding="utf-8").replace("[x] 5", "[ ] 5").replace("[ ] 6", "[x] 6"), "utf-8")
    problem = CONTRADICTED.findall(PAGE)[0]
    for command in ("mkdocs build", "pytest docs"):
        code, output = say(command, folder)
        assert code == 1
        assert problem in output


def test_the_table_has_every_mode_and_each_front_matter_is_accepted() -> None:
    modes = MODE.findall(PAGE)
    assert {"study", *modes} == set(MODES)
    for line in re.findall(r"`(quiz: {mode: [^`]*})`", PAGE):
        assert not [p for p in parse(f"---\n{line}\n---\n", "page.md").problems if p.code == "bad-front-matter"]
