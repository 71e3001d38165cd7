"""What the rendering tests share: Markdown with the site's extensions, a small HTML tree, sites built in a folder."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from markdown import Markdown

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

ROOT = Path(__file__).resolve().parents[1]
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@dataclass
class Node:
    """An HTML element; children are nodes and texts in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def iter(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.iter()

    def all(self, tag: str = "", **wanted: str) -> list["Node"]:
        """Every element inside with this tag and these attributes (`data_part` is data-part, `class_` one class)."""
        names = {k.rstrip("_").replace("_", "-"): v for k, v in wanted.items()}
        return [n for n in self.iter() if n is not self and (not tag or n.tag == tag) and n.has(names)]

    def one(self, tag: str = "", **wanted: str) -> "Node":
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} of <{tag}> {wanted} in {self.tag}, expected one"
        return found[0]

    def has(self, wanted: dict[str, str]) -> bool:
        return all(
            v in (self.get(k) or "").split() if k == "class" else self.attributes.get(k) == v for k, v in wanted.items()
        )

    @property
    def elements(self) -> list["Node"]:
        return [c for c in self.children if isinstance(c, Node)]

    @property
    def text(self) -> str:
        """All text inside, with white space folded."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.get("class") != "headerlink":
                yield from child._texts()


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self.stack = [self.root]
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.stack[-1].children.append(node)
        if tag not in VOID:
            self.stack.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack[-1].children.append(Node(tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.stack[-1].tag == tag:
            self.stack.pop()
        elif tag not in VOID:
            self.faults.append(f"</{tag}> closes <{self.stack[-1].tag}>, line {self.getpos()[0]}")
            if any(n.tag == tag for n in self.stack):
                while self.stack.pop().tag != tag:
                    pass

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def tree(html: str, strict: bool = True) -> Node:
    """The HTML as a tree; `strict`: every element is closed where it should be."""
    parser = _Tree()
    parser.feed(html)
    parser.close()
    open_tags = [n.tag for n in parser.stack[1:]]
    assert not strict or not (parser.faults or open_tags), (parser.faults, open_tags)
    return parser.root


@cache
def site_config() -> Any:
    """The Markdown settings of this project's own site."""
    from mkdocs.config import load_config

    return load_config(str(ROOT / "mkdocs.yml"))


def site_markdown() -> Markdown:
    """Markdown with all extensions of the site's mkdocs.yml, in their order, quizproof among them."""
    config = site_config()
    extensions = [e for e in config.markdown_extensions if e != "quizproof"]
    return Markdown(extensions=[*extensions, "quizproof"], extension_configs=snippets_from_here(config.mdx_configs))


def snippets_from_here(configs: dict[str, Any]) -> dict[str, Any]:
    """The same settings, with includes counted from this project whatever the working folder."""
    found = {name: dict(options) for name, options in configs.items()}
    found["pymdownx.snippets"] = {"base_path": [str(ROOT)], "check_paths": True}
    return found


def bare_markdown(*extensions: str) -> Markdown:
    return Markdown(extensions=[*extensions, "quizproof"])


def question(**changes: str) -> str:
    """A question that passes every check; any of its pieces can be replaced."""
    pieces = {
        "before": "",
        "title": "What does pruning remove?",
        "attributes": '.choice #q skill=concept level=beginner topics="pruning"',
        "stem": "A layer is pruned.",
        "first": "    > They are the important ones.",
        "key": "The smallest weights",
        "choice": "The biases",
        "explanation": "Small weights change the output least.",
        "rest": "",
    }
    unknown = set(changes) - set(pieces)
    assert not unknown, unknown
    p = {**pieces, **changes}
    return f"""{p["before"]}## {p["title"]} {{ {p["attributes"]} }}

{p["stem"]}

- [ ] The largest weights
{p["first"]}
- [x] {p["key"]}
- [ ] {p["choice"]}

### Explanation

{p["explanation"]}

### Source

- [A paper](https://example.org/paper)
{p["rest"]}"""


@dataclass
class Built:
    """What a build did: exit code, output, and its files."""

    code: int
    output: str
    site: Path

    def read(self, path: str) -> str:
        return (self.site / path).read_text(encoding="utf-8")

    def tree(self, path: str) -> Node:
        """The page's content as the theme places it (a theme's own HTML may leave elements open)."""
        return tree(self.read(path), strict=False)

    def search(self) -> list[dict[str, Any]]:
        return json.loads(self.read("search/search_index.json"))["docs"]  # type: ignore[no-any-return]


@dataclass
class Site:
    """A folder with an mkdocs.yml and docs/."""

    root: Path
    theme: str = "mkdocs"
    plugins: str = "[search, quizproof]"
    extensions: str = "[attr_list, md_in_html, tables, footnotes, pymdownx.superfences, pymdownx.snippets]"
    more: str = ""

    def write(self, path: str, text: str | bytes) -> Path:
        """Put a file under docs/; text is written as it is, line ends too."""
        target = self.root / "docs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    @property
    def config(self) -> Path:
        path = self.root / "mkdocs.yml"
        text = f"site_name: A site\ntheme: {{name: {self.theme}}}\nplugins: {self.plugins}\n"
        path.write_text(f"{text}markdown_extensions: {self.extensions}\n{self.more}\n", encoding="utf-8")
        return path

    def build(self, *, strict: bool = False) -> Built:
        """`mkdocs build` by its own command line; the output is what it says beyond its progress."""
        from mkdocs.__main__ import cli
        from mkdocs.commands.build import log

        for repeated in log.filters:
            getattr(repeated, "msgs", set()).clear()  # what an earlier build of this process said
        target = self.root / "site"
        arguments = ["build", "-f", str(self.config), "-d", str(target), *(["--strict"] if strict else [])]
        result = CliRunner().invoke(cli, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        said = [line for line in result.output.splitlines() if not line.startswith("INFO ")]
        return Built(result.exit_code, "\n".join(said), target)
