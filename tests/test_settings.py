"""The commands read mkdocs.yml as MkDocs does, what it inherits included."""

from pathlib import Path

import pytest
from mkdocs.utils.yaml import yaml_load

from quiz_plugin.settings import SettingsError, find_project, read_config

BASE = """\
docs_dir: pages
plugins:
  quizproof:
    topics: {pruning: Pruning, tools: Tools}
    records: kept
markdown_extensions: [attr_list, toc]
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


HEIRS = {
    "nothing": "INHERIT: ../base.yml\n",
    "deep": "INHERIT: ../base.yml\nplugins:\n  quizproof:\n    topics: {pruning: Cutting, speed: Speed}\n",
    "list": "INHERIT: ../base.yml\nmarkdown_extensions: [abbr]\nplugins: [search, quizproof: {records: mine}]\n",
    "other": "INHERIT: ../base.yml\nplugins:\n  search: {lang: en}\ndocs_dir: docs\n",
    "nulled": "INHERIT: ../base.yml\nplugins:\n  quizproof:\n",
    "alone": "site_name: x\nplugins: [quizproof]\n",
}


@pytest.mark.parametrize("heir", HEIRS)
def test_what_is_inherited_is_what_mkdocs_inherits(tmp_path: Path, heir: str) -> None:
    site = write(tmp_path / "site", mkdocs=HEIRS[heir])
    write(tmp_path, base=BASE)
    with (site / "mkdocs.yml").open("rb") as file:
        assert read_config(site) == yaml_load(file)


def test_the_project_is_the_heirs(tmp_path: Path) -> None:
    site = write(tmp_path / "site", mkdocs="INHERIT: ../middle/own.yml\nplugins: {quizproof: {topics: {tools: All}}}\n")
    write(tmp_path, base=BASE, **{"middle/own": "INHERIT: ../base.yml\nsite_name: !ENV [NAME, x]\n"})
    project = find_project(site)
    assert project.topics == {"pruning": "Pruning", "tools": "All"}
    assert (project.root, project.docs, project.records) == (site, site / "pages", site / "kept")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    site = write(tmp_path, mkdocs="INHERIT: ../lost.yml\n")
    with pytest.raises(SettingsError) as raised:
        find_project(site)
    missing = tmp_path.parent / "lost.yml"
    assert str(raised.value) == f"{site / 'mkdocs.yml'}: INHERIT names ../lost.yml, but there is no file {missing}"


def test_a_circle_is_named(tmp_path: Path) -> None:
    site = write(tmp_path, mkdocs="INHERIT: base.yml\n", base="INHERIT: mkdocs.yml\n")
    with pytest.raises(SettingsError) as raised:
        read_config(site)
    circle = "mkdocs.yml → base.yml → mkdocs.yml"
    assert str(raised.value) == f"{site / 'mkdocs.yml'}: INHERIT goes round in a circle: {circle}"


def test_an_inherited_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    site = write(tmp_path, mkdocs="INHERIT: base.yml\n", base="plugins: [\n")
    with pytest.raises(SettingsError, match=r"base\.yml cannot be read: "):
        read_config(site)


@pytest.mark.parametrize("value", ["2026-13-45", "!!bool maybe", "!!float ''", "!!timestamp x", "[" * 3000, "1" * 5000])
def test_a_value_that_is_not_what_yaml_takes_it_for_is_no_traceback(tmp_path: Path, value: str) -> None:
    site = write(tmp_path, mkdocs=f"site_name: x\nplugins: [quizproof]\nextra: {{made: {value}}}\n")
    with pytest.raises(SettingsError, match=r"mkdocs\.yml cannot be read: ."):
        find_project(site)
