"""Fixtures of the tests of runnable blocks: a site with the real runtime. A plugin, so that nobody imports fixtures."""

from typing import Any

import pytest
from conftest import FixtureSite
from playwright.sync_api import Locator, Page
from runnable import Open

from quiz_plugin.runtime import NotBuiltError, Runtime, build


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    """The site's own runtime; without one these tests have nothing to run."""
    try:
        built = build("auto")
    except NotBuiltError as failure:
        pytest.skip(f"no runtime: {failure}")
    if built.folder is None:
        pytest.skip(f"no runtime on this machine: {built.note}")
    return built


@pytest.fixture
def numpy(runtime: Runtime) -> None:
    if "://" in runtime.manifest["packages"]["numpy"]["url"]:
        pytest.skip(f"NumPy's wheel cannot be had: {runtime.note}")


@pytest.fixture
def site_with_python(fixture_page: FixtureSite, runtime: Runtime) -> FixtureSite:
    """A fixture site with the site's own runtime."""
    assert runtime.folder is not None
    (fixture_page.folder / "assets" / "pyodide-test").symlink_to(runtime.folder, target_is_directory=True)
    return fixture_page


@pytest.fixture
def show(site_with_python: FixtureSite, page: Page) -> Open:
    """Open a page with these blocks; the first block's element."""

    def opened(*blocks: str, **options: Any) -> Locator:
        page.goto(site_with_python("".join(blocks), code=True, **options))
        return page.locator("quiz-code").first

    return opened
