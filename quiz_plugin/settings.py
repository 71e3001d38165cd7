"""The plugin's options, declared once: the MkDocs plugin, the bare extension and the commands read this table."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

RUNTIMES = ("auto", "self", "cdn", "off")


class Option(NamedTuple):
    """One option: its type, default and one line of help, from which the docs' table is made."""

    type: type
    default: Any
    help: str


OPTIONS: dict[str, Option] = {
    "topics": Option(dict, {}, "the topics that questions may name, each with its title; empty: any topic goes"),
    "outcomes": Option(dict, {}, "what readers can do afterwards, each with its title; empty: any outcome goes"),
    "records": Option(str, "precompute/records", "the folder of committed records, from the project's folder"),
    "programs": Option(str, "precompute", "the folder of torch programs, from the project's folder"),
    "runtime": Option(str, "auto", "where the browser gets Python from: auto, self, cdn or off"),
}


class SettingsError(ValueError):
    """An mkdocs.yml that cannot be used; says which file and what is wrong with it."""


@dataclass(frozen=True)
class Project:
    """A site's folder and its options."""

    root: Path
    docs: Path
    topics: Mapping[str, str] = field(default_factory=dict)
    records: Path = Path("precompute/records")
    programs: Path = Path("precompute")
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def relative(self, path: Path) -> str:
        """The path as messages show it: from the project's folder where it lies inside."""
        resolved = path.resolve()
        return resolved.relative_to(self.root).as_posix() if resolved.is_relative_to(self.root) else path.as_posix()


def make_project(root: Path, docs_dir: str, options: Mapping[str, Any]) -> Project:
    """The project from its folder and the plugin's options, defaults filled in."""
    known = {name: option.default if (v := options.get(name)) is None else v for name, option in OPTIONS.items()}
    root = root.resolve()
    records, programs = root / known["records"], root / known["programs"]
    topics, outcomes = (dict(known[name] or {}) for name in ("topics", "outcomes"))
    return Project(root, root / docs_dir, topics, records, programs, outcomes)


def find_project(start: Path) -> Project:
    """The project that `start` lies in: the nearest folder upwards with an mkdocs.yml, else the folder itself."""
    folder = start.resolve() if start.is_dir() else start.resolve().parent
    for candidate in [folder, *folder.parents]:
        if config_file(candidate):
            data = read_config(candidate)
            options = plugin_options(data) or {}
            _require(candidate, options)
            return make_project(candidate, str(data.get("docs_dir") or "docs"), options)
    return make_project(folder, "docs", {})


def _require(folder: Path, options: Mapping[str, Any]) -> None:
    for name, option in OPTIONS.items():
        value = options.get(name)
        if value is not None and not isinstance(value, option.type):
            wanted = "a mapping of names to titles" if option.type is dict else "a text"
            where = f"{config_file(folder)}: the option {name} of quizproof"
            raise SettingsError(f"{where} is {value!r}, expected {wanted}")


def config_file(folder: Path) -> Path | None:
    """The MkDocs configuration of a folder."""
    return next((folder / n for n in ("mkdocs.yml", "mkdocs.yaml") if (folder / n).is_file()), None)


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's MkDocs configuration as data, empty where there is none; its tags are not run."""
    config = config_file(folder)
    return _read(config, ()) if config else {}


def _read(config: Path, heirs: tuple[Path, ...]) -> dict[str, Any]:
    """A configuration with what it inherits, as MkDocs merges them; `heirs`: the files that led here."""
    if config in heirs:
        names = " → ".join(path.name for path in (*heirs, config))
        raise SettingsError(f"{heirs[0]}: INHERIT goes round in a circle: {names}")
    # A SafeLoader with two more tags, both of which yield None.
    try:
        data = yaml.load(config.read_text(encoding="utf-8"), Loader=_TolerantLoader)  # noqa: S506
    except OSError:
        raise
    except Exception as error:
        # What makes dates and numbers for PyYAML raises whatever they raise.
        raise SettingsError(f"{config} cannot be read: {str(error) or type(error).__name__}") from error
    if not isinstance(data, dict):
        return {}
    name = data.pop("INHERIT", None)
    if not isinstance(name, str):
        return data
    parent = Path(os.path.normpath(config.parent / name))
    if not parent.is_file():
        raise SettingsError(f"{config}: INHERIT names {name}, but there is no file {parent}")
    return _merged(_read(parent, (*heirs, config)), data)


def _merged(parent: Mapping[str, Any], heir: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings are merged at every depth; of all else, lists too, the heir's stands."""
    inner = {
        name: _merged(parent[name], value) if isinstance(value, dict) and isinstance(parent.get(name), dict) else value
        for name, value in heir.items()
    }
    return {**parent, **inner}


def plugin_options(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The options under `plugins: quizproof` (or the extension's) of a parsed mkdocs.yml; None where neither is."""
    for section in ("plugins", "markdown_extensions"):
        entries = data.get(section) or []
        named = entries.items() if isinstance(entries, dict) else [_entry(e) for e in entries]
        for name, options in named:
            if name == "quizproof":
                return dict(options) if isinstance(options, dict) else {}
    return None


def _entry(entry: Any) -> tuple[str, Any]:
    return next(iter(entry.items())) if isinstance(entry, dict) and entry else (str(entry), None)


class _TolerantLoader(yaml.SafeLoader):
    """Reads MkDocs' configuration without running its tags (`!ENV`, `!!python/name`)."""


_TolerantLoader.add_multi_constructor("!", lambda loader, suffix, node: None)
_TolerantLoader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: None)
