"""Every engine that a block can name: where it runs, and which packages its records name."""

from typing import NamedTuple


class Engine(NamedTuple):
    """`browser`: a reader can run it in the page; `packages`: what must be importable, and is versioned in records."""

    browser: bool
    packages: tuple[str, ...]
    seconds: float


ENGINES: dict[str, Engine] = {
    "python": Engine(browser=True, packages=(), seconds=10),
    "numpy": Engine(browser=True, packages=("numpy",), seconds=20),
    "torch": Engine(browser=False, packages=("torch", "numpy"), seconds=120),
}
