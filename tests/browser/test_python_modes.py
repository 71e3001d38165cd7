"""Python from the CDN, which is another origin: npm's files and NumPy's official wheel, as they are."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Complaints, Fault, FixtureSite, Server
from playwright.sync_api import Locator, Page, expect
from runnable import NUMPY, block, ended, live, press, run, status
from test_python_faults import altered, dropped, slow

from quiz_plugin.runtime import NotBuiltError, npm, pins
from quiz_plugin.runtime import manifest as manifests
from quiz_plugin.runtime.cache import cache_folder, workspace
from quiz_plugin.runtime.wheel import fetch_wheel

AGAIN = "Press Run to try again."


@pytest.fixture(scope="session")
def cdn_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the CDN serves, from npm and from where the build takes the wheel."""
    folder = tmp_path_factory.mktemp("cdn") / "full"
    cache = cache_folder()
    try:
        with workspace(cache) as work:
            npm.extract_core(npm.fetch_core(cache, work), folder)
            (folder / pins.WHEEL_FILE).symlink_to(fetch_wheel(cache, work))
    except NotBuiltError as failure:
        pytest.skip(f"the CDN's files cannot be had: {failure.reason}")
    return folder


@pytest.fixture
def cdn(serve: Callable[..., Server], cdn_folder: Path) -> Server:
    """Stands in for the CDN, and like it allows every origin to read."""
    return serve(cdn_folder, headers={"Access-Control-Allow-Origin": "*"})


@pytest.fixture
def show_from_cdn(cdn: Server, fixture_page: FixtureSite, page: Page) -> Callable[..., Locator]:
    """Open a page whose manifest is that of `runtime: cdn`; the first block's element."""
    text = manifests.to_text(manifests.cdn())
    assert text.count(pins.CDN) == len(pins.CORE_FILES) + 2, "a file that is not the CDN's"
    place = fixture_page.folder / "assets" / "pyodide-test"
    place.mkdir()
    (place / "manifest.json").write_text(text.replace(pins.CDN, cdn.url), encoding="utf-8")

    def opened(*blocks: str) -> Locator:
        page.clock.install()
        page.goto(fixture_page("".join(blocks), code=True))
        # As npm has it, Python starts slowly, on a busy machine after more than the page waits: its time stands still.
        page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
        return page.locator("quiz-code").first

    return opened


def test_it_runs_and_nothing_is_fetched_before(show_from_cdn: Callable[..., Locator], cdn: Server, page: Page) -> None:
    code = show_from_cdn(block(NUMPY, engine="numpy", output="[9, -12, 3, 27]\n"), block("print(len(codes))", "second"))
    expect(code.locator('[data-action="run"]')).to_be_visible()
    assert cdn.requests == []
    run(code)
    expect(code).to_have_attribute("data-same", "true")
    # The two modules are asked for once to be counted, and once to be imported.
    assert {path.removeprefix("/") for path in cdn.requests} == {*pins.CORE_FILES, pins.WHEEL_FILE}
    asked = len(cdn.requests)
    run(page.locator("quiz-code").nth(1))
    assert live(page.locator("quiz-code").nth(1)) == "4\n"
    assert len(cdn.requests) == asked, "what is there is not fetched again"


def test_progress_has_no_total_where_the_sizes_are_not_known(
    show_from_cdn: Callable[..., Locator], cdn: Server
) -> None:
    cdn.faults["pyodide.asm.wasm"] = slow
    code = show_from_cdn(block("print(1)"))
    press(code, "run")
    expect(code.locator(".quiz-progress")).to_have_text(re.compile(r"^Loading Python: \d+\.\d MB$"))
    ended(code)
    assert live(code) == "1\n"


@pytest.mark.parametrize("name", pins.CORE_FILES)
def test_a_missing_file(show_from_cdn: Callable[..., Locator], cdn: Server, complaints: Complaints, name: str) -> None:
    complaints.allow("404|CORS")
    cdn.faults[name] = 404
    code = show_from_cdn(block("print(1)", output="1"))
    run(code, "failed")
    assert status(code) == f"{name} is missing on the server (404). {AGAIN}"
    assert code.get_attribute("data-cause") == "missing"
    expect(code.get_by_text("Recorded output")).to_be_visible()
    cdn.faults.clear()
    run(code)
    assert status(code).startswith("Same as recorded.")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (404, "{} is missing on the server (404)."),
        (altered, "{} is damaged: it is not the file that this site was built with."),
        (dropped, "No network: {} could not be loaded."),
    ],
    ids=["missing", "altered", "dropped"],
)
def test_numpy_that_does_not_come(
    show_from_cdn: Callable[..., Locator], cdn: Server, complaints: Complaints, fault: Fault, said: str
) -> None:
    complaints.allow("404|ERR_|CORS")
    cdn.faults[".whl"] = fault
    code = show_from_cdn(block(NUMPY, engine="numpy", output="[9, -12, 3, 27]\n"))
    run(code, "failed")
    assert status(code) == f"{said.format(pins.WHEEL_FILE)} {AGAIN}"
    cdn.faults.clear()
    run(code)
    expect(code).to_have_attribute("data-same", "true")


def test_a_cdn_that_cannot_be_reached(
    show_from_cdn: Callable[..., Locator], cdn: Server, complaints: Complaints
) -> None:
    complaints.allow("ERR_|Failed to load")
    cdn.faults[""] = dropped
    code = show_from_cdn(block("print(1)"))
    run(code, "failed")
    assert re.fullmatch(rf"No network: \S+ could not be loaded\. {re.escape(AGAIN)}", status(code))
    assert code.get_attribute("data-cause") == "network"
    cdn.faults.clear()
    run(code)
