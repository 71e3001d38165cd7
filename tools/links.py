"""Checks the built site: internal links and anchors lead somewhere, and no page loads anything from another host."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

LOADED = {"audio", "embed", "iframe", "img", "input", "object", "script", "source", "track", "video"}
LOADING_RELS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest"}
SITE = "http://site.invalid/"


@dataclass
class Page(HTMLParser):
    """The ids of one page, and its references with their lines."""

    ids: set[str] = field(default_factory=set)
    links: list[tuple[int, str]] = field(default_factory=list)
    loads: list[tuple[int, str]] = field(default_factory=list)
    diagrams: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one element declares and refers to."""
        line = self.getpos()[0]
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        if "mermaid" in values.get("class", "").split():
            self.diagrams.append(line)
        reference = values.get("src") or values.get("data" if tag == "object" else "href")
        if reference is None:
            return
        loading = tag in LOADED or (tag == "link" and LOADING_RELS & set(values.get("rel", "").split()))
        (self.loads if loading else self.links).append((line, reference))


def read(path: Path) -> Page:
    """Parse one page."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def target(base: str, reference: str) -> tuple[str, str] | None:
    """Return (path in the site, fragment) of a reference, or None if it leads out of the site."""
    parts = urlsplit(urljoin(SITE + base, reference))
    if f"{parts.scheme}://{parts.netloc}/" != SITE:
        return None
    path = unquote(parts.path).lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path, unquote(parts.fragment)


def broken(site: Path, pages: dict[str, Page], base: str, reference: str) -> str | None:
    """Return what is wrong with an internal reference."""
    found = target(base, reference)
    if found is None:
        return None
    path, fragment = found
    if not (site / path).is_file():
        return f"{reference} leads to {path}, which the site does not have"
    if fragment and path in pages and fragment not in pages[path].ids:
        return f"{reference} names an anchor that {path} does not have"
    return None


def problems(site: Path) -> Iterator[str]:
    """Yield one line for each problem of the site."""
    # 404.html is served under any address: its links are absolute.
    files = sorted(path for path in site.rglob("*.html") if path.name != "404.html")
    pages = {path.relative_to(site).as_posix(): read(path) for path in files}
    for name, page in pages.items():
        for line, reference in page.links + page.loads:
            if why := broken(site, pages, name, reference):
                yield f"{name}:{line}: {why}"
        for line, reference in page.loads:
            if not reference.startswith("data:") and target(name, reference) is None:
                yield f"{name}:{line}: {reference} is loaded from another host; keep a copy in docs/assets"
        for line in page.diagrams:
            yield f"{name}:{line}: the theme loads Mermaid from another host; draw the diagram as an SVG"


def main(arguments: list[str]) -> int:
    """Check the folder given (default: site)."""
    site = Path(arguments[0] if arguments else "site")
    if not (site / "index.html").is_file():
        print(f"{site} holds no built site; run  make build  first")
        return 2
    found = list(problems(site))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"Links: {len(found)} problem{'s' * (len(found) != 1)} in {len(list(site.rglob('*.html')))} pages")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
