"""Loading that fails in every way: what the reader is told, and that the next try works."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Complaints, Fault, FixtureSite, Handler
from playwright.sync_api import BrowserContext, Page, expect
from runnable import BOOT, NUMPY, Open, block, ended, live, press, requests, run, server_of, status

from quiz_plugin.runtime import Runtime

pytest_plugins = ["python_fixtures"]

CORE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_start.pack", "python_stdlib.zip"]
OURS = [
    "python-live.js",
    "python-kernel.js",
    "python-worker.js",
    "python_baseline.py",
    "python_harness.py",
    "python-pack.js",
    "manifest.json",
]
AGAIN = "Press Run to try again."
TOO_OLD = (
    "This browser cannot run Python: it is older than Chrome or Edge 112, Firefox 114 and Safari 16.4, "
    "or has WebAssembly turned off."
)


def content(handler: Handler) -> bytes:
    return Path(handler.translate_path(handler.path)).read_bytes()


def answer(handler: Handler, declared: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", handler.guess_type(handler.path.split("?")[0]))
    handler.send_header("Content-Length", str(declared))
    handler.end_headers()


def truncated(handler: Handler) -> None:
    """A whole answer with half of the file, as from a broken deploy."""
    data = content(handler)
    answer(handler, len(data) // 2)
    handler.wfile.write(data[: len(data) // 2])


def altered(handler: Handler) -> None:
    """The right length, other bytes."""
    data = bytearray(content(handler))
    data[len(data) // 2] ^= 1
    answer(handler, len(data))
    handler.wfile.write(data)


def dropped(handler: Handler) -> None:
    """The connection breaks in the middle."""
    data = content(handler)
    answer(handler, len(data))
    handler.wfile.write(data[: len(data) // 2])
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.close()


def slow(handler: Handler) -> None:
    data = content(handler)
    answer(handler, len(data))
    step = len(data) // 10 + 1
    for start in range(0, len(data), step):
        handler.wfile.write(data[start : start + step])
        time.sleep(0.15)


def hanging(handler: Handler) -> None:
    """An answer that never goes on."""
    answer(handler, 1000)
    handler.wfile.write(b"x")
    handler.wfile.flush()
    time.sleep(8)


def fails_then_works(
    show: Open, site: FixtureSite, name: str, fault: int | Callable[[Handler], None], said: str
) -> None:
    code = show(block("print(1)", output="1"), faults={name: fault})
    run(code, "failed")
    assert status(code) == said
    assert code.locator("samp:visible").all_text_contents() == ["1"]
    server_of(site).faults.clear()
    run(code)
    assert status(code).startswith("Same as recorded.")


@pytest.mark.parametrize("name", CORE + OURS)
def test_a_missing_file(show: Open, site_with_python: FixtureSite, complaints: Complaints, name: str) -> None:
    complaints.allow("404")
    fails_then_works(show, site_with_python, name, 404, f"{name} is missing on the server (404). {AGAIN}")


@pytest.mark.parametrize("name", ["python_stdlib.zip", "python-kernel.js", "python-worker.js"])
def test_a_server_error(show: Open, site_with_python: FixtureSite, complaints: Complaints, name: str) -> None:
    complaints.allow("503")
    said = f"{name} could not be served (503). {AGAIN}"
    fails_then_works(show, site_with_python, name, 503, said)


@pytest.mark.parametrize("fault", [truncated, altered])
@pytest.mark.parametrize("name", CORE)
def test_a_damaged_file(show: Open, site_with_python: FixtureSite, name: str, fault: Callable[[Handler], None]) -> None:
    said = f"{name} is damaged: it is not the file that this site was built with. {AGAIN}"
    fails_then_works(show, site_with_python, name, fault, said)


@pytest.mark.parametrize("name", ["python_harness.py", "python-pack.js"])
def test_a_damaged_file_without_a_hash(show: Open, site_with_python: FixtureSite, name: str) -> None:
    said = f"{name} is damaged: it is not the file that this site was built with. {AGAIN}"
    fails_then_works(show, site_with_python, name, truncated, said)


def test_a_manifest_that_is_not_json(show: Open, site_with_python: FixtureSite) -> None:
    said = f"manifest.json is damaged: it is not the file that this site was built with. {AGAIN}"
    fails_then_works(show, site_with_python, "manifest.json", truncated, said)


def test_a_copy_damaged_on_the_way_is_asked_for_again(show: Open, site_with_python: FixtureSite) -> None:
    broken = []

    def once(handler: Handler) -> None:
        (answered_wrong if not broken else answered_right)(handler)
        broken.append(handler.path)

    def answered_right(handler: Handler) -> None:
        data = content(handler)
        answer(handler, len(data))
        handler.wfile.write(data)

    answered_wrong = altered
    code = show(block("print(1)"), faults={"python_stdlib.zip": once})
    run(code)
    assert len(broken) == 2


@pytest.mark.parametrize("name", ["pyodide.mjs", "pyodide.asm.wasm", "python_start.pack", "python_stdlib.zip"])
def test_a_connection_that_breaks(show: Open, site_with_python: FixtureSite, complaints: Complaints, name: str) -> None:
    complaints.allow("ERR_|Failed to load")
    said = f"No network: {name} could not be loaded. {AGAIN}"
    fails_then_works(show, site_with_python, name, dropped, said)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (404, "{} is missing on the server (404)."),
        (altered, "{} is damaged: it is not the file that this site was built with."),
        (dropped, "No network: {} could not be loaded."),
    ],
)
@pytest.mark.usefixtures("numpy")
def test_numpy_that_does_not_come(
    show: Open, site_with_python: FixtureSite, complaints: Complaints, fault: Fault, said: str
) -> None:
    complaints.allow("ERR_|Failed to load|404")
    code = show(block("print(1)"), block(NUMPY, "second", engine="numpy"), faults={"wasm32.pack": fault})
    second = code.page.locator("quiz-code").nth(1)
    run(code)
    run(second, "failed")
    wheel = next(path for path in requests(site_with_python) if path.endswith("wasm32.pack")).split("/")[-1]
    assert (
        status(second)
        == f"{said.format(wheel)} {AGAIN} The variables of this page are lost: run the blocks above again."
    )
    server_of(site_with_python).faults.clear()
    run(second)
    assert live(second) == "[9, -12, 3, 27]\n"


def test_offline_before_the_first_run(show: Open, context: BrowserContext, complaints: Complaints) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED|Failed to")
    code = show(block("print(1)", output="1"))
    context.set_offline(True)
    run(code, "failed")
    assert status(code) == f"No network: python-live.js could not be loaded. {AGAIN}"
    assert code.get_attribute("data-cause") == "network"
    context.set_offline(False)
    run(code)


def test_offline_in_the_middle_of_loading(
    show: Open, site_with_python: FixtureSite, context: BrowserContext, complaints: Complaints
) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED|Failed to")
    code = show(block("print(1)", output="1"), faults={"pyodide.mjs": slow})
    press(code, "run")
    expect(code.locator(".quiz-progress")).to_be_visible()
    context.set_offline(True)
    ended(code, "failed")
    assert re.fullmatch(rf"No network: pyodide\S+ could not be loaded\. {re.escape(AGAIN)}", status(code))
    assert code.get_attribute("data-cause") == "network"
    assert code.locator("samp:visible").all_text_contents() == ["1"]
    context.set_offline(False)
    server_of(site_with_python).faults.clear()
    run(code)
    assert status(code).startswith("Same as recorded.")


@pytest.mark.usefixtures("numpy")
def test_a_failed_download_ahead_costs_no_variables(
    show: Open, context: BrowserContext, page: Page, complaints: Complaints
) -> None:
    complaints.allow("ERR_INTERNET_DISCONNECTED|Failed to")
    code = show(block("step = 3"), block("import numpy as np\nprint(np.arange(step))", "second", engine="numpy"))
    run(code)
    second = page.locator("quiz-code").nth(1)
    context.set_offline(True)
    with page.expect_event("requestfailed"):
        second.locator('[data-action="run"]').hover()
    page.wait_for_timeout(300)
    context.set_offline(False)
    run(second)
    assert live(second) == "[0 1 2]\n"


def test_offline_between_runs_changes_nothing(show: Open, context: BrowserContext) -> None:
    code = show(block("print(1)"))
    run(code)
    context.set_offline(True)
    run(code)
    assert live(code) == "1\n"


WATCH = """
  addEventListener("DOMContentLoaded", () => {
    window.said = [];
    const status = document.querySelector('quiz-code [data-part="status"]');
    new MutationObserver(() => {
      const text = (status.querySelector(".quiz-unseen") ?? status).textContent;
      if (text !== window.said.at(-1)) window.said.push(text);
    }).observe(status, { childList: true, subtree: true, characterData: true });
  });
"""
HEAR = """
  window.heard = [];
  const Real = MessageChannel;
  window.MessageChannel = class {
    constructor() {
      const channel = new Real();
      channel.port1.addEventListener("message", ({ data }) => data.type === "progress" && window.heard.push(data));
      return channel;
    }
  };
"""


@pytest.mark.usefixtures("numpy")
def test_progress_is_exact_to_the_byte(show: Open, page: Page, runtime: Runtime) -> None:
    page.add_init_script(HEAR)
    code = show(block(NUMPY, engine="numpy"), faults={".wasm": slow})
    run(code)
    manifest = runtime.manifest
    whole = sum(entry["bytes"] for entry in [*manifest["core"].values(), *manifest["packages"].values()])
    heard = page.evaluate("window.heard")
    loading = [message for message in heard if message["stage"] == "download"]
    assert {message["total"] for message in loading[-5:]} == {whole}
    assert loading[-1]["loaded"] == whole
    sizes = [message["loaded"] for message in loading]
    assert sizes == sorted(sizes)


def without_sizes(site: FixtureSite, runtime: Runtime) -> str:
    """A manifest as for the CDN: its addresses are whole, and nobody knows sizes and hashes."""
    manifest = json.loads(runtime.manifest_text)
    for entry in [*manifest["core"].values(), *manifest["packages"].values()]:
        name = entry["url"]
        entry.update(url=f"../pyodide-test/{name}", bytes=None, sha256=None)
    manifest["lock"]["packages"]["numpy"]["file_name"] = "https://cdn.invalid/full/numpy.whl"
    manifest["packages"]["numpy"]["url"] = "../pyodide-test/numpy.whl"
    folder = site.folder / "assets" / "sizeless"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return "../sizeless/manifest.json"


def test_without_sizes_progress_is_told_now_and_then(
    show: Open, page: Page, site_with_python: FixtureSite, runtime: Runtime, complaints: Complaints
) -> None:
    complaints.allow("404")
    page.add_init_script(WATCH)
    address = without_sizes(site_with_python, runtime)
    code = show(block("print(1)"), block(NUMPY, "second", engine="numpy"), runtime=address, faults={".wasm": slow})
    run(code)
    said = [text for text in page.evaluate("window.said") if text.startswith("Loading")]
    sizes = [float(re.fullmatch(r"Loading Python: (\d+\.\d) MB", text)[1]) for text in said]  # type: ignore[index]
    assert sizes == sorted(sizes)
    assert 3 <= len(sizes) <= 5, sizes
    second = page.locator("quiz-code").nth(1)
    run(second, "failed")
    assert status(second).startswith(f"numpy.whl is missing on the server (404). {AGAIN}")


def test_progress_is_told_in_bytes(show: Open, page: Page) -> None:
    page.add_init_script(WATCH)
    code = show(block("print(1)"), faults={"pyodide.asm.wasm": slow})
    press(code, "run")
    expect(code.locator(".quiz-progress")).to_have_text(re.compile(r"^Loading Python: \d+\.\d of 13\.\d MB$"))
    ended(code)
    said = page.evaluate("window.said")
    loading = [text for text in said if text.startswith("Loading")]
    assert 1 <= len(loading) <= 5, said
    assert said[0] == "Waiting for Python…"
    assert said[-3:-1] == ["Starting Python…", "Running…"], said


def test_stop_while_loading(show: Open, site_with_python: FixtureSite) -> None:
    code = show(block("print(1)"), faults={"pyodide.asm.wasm": slow})
    press(code, "run")
    expect(code.locator(".quiz-progress")).to_be_visible()
    press(code, "stop")
    ended(code, "stopped")
    assert status(code) == "Stopped."
    server_of(site_with_python).faults.clear()
    run(code)


def test_stop_before_anything_came(show: Open, site_with_python: FixtureSite) -> None:
    code = show(block("print(1)"), faults={"python-live.js": hanging})
    press(code, "run")
    press(code, "stop")
    ended(code, "stopped")
    assert status(code) == "Stopped."


def test_loading_that_stalls_is_given_up(show: Open, page: Page, site_with_python: FixtureSite) -> None:
    page.clock.install()
    code = show(block("print(1)"), faults={"pyodide.asm.wasm": hanging})
    press(code, "run")
    expect(code).to_have_attribute("data-state", "loading")
    for _ in range(40):
        page.clock.run_for(1000)
        page.wait_for_timeout(20)
    ended(code, "failed")
    assert status(code) == f"Python did not start: nothing arrived for 30 seconds. {AGAIN}"
    server_of(site_with_python).faults.clear()
    run(code)


def test_starting_may_take_longer_than_arriving_but_not_for_ever(show: Open, page: Page) -> None:
    page.clock.install()
    # A worker that says that it starts, and then nothing.
    page.add_init_script("""window.Worker = class {
      constructor(url, { type }) {}
      terminate() {}
      postMessage({ port }) {
        const say = () => port.postMessage({ type: "progress", stage: "start", loaded: 0, total: null });
        port.onmessage = ({ data }) => data.type === "run" && say();
      }
    }""")
    code = show(block("print(1)"))
    press(code, "run")
    expect(code.locator("[data-part=status]")).to_contain_text("Starting Python…")
    page.clock.run_for(110_000)
    expect(code).to_have_attribute("data-state", "loading")
    page.clock.run_for(20_000)
    ended(code, "failed")
    assert status(code) == f"Python did not start. {AGAIN}"


@pytest.mark.parametrize("name", ["WebAssembly", "Worker", "DecompressionStream"])
def test_a_browser_without_what_it_takes(show: Open, page: Page, name: str) -> None:
    page.add_init_script(f"delete window.{name}")
    code = show(block("print(1)", output="1"))
    run(code, "failed")
    assert status(code) == TOO_OLD
    expect(code.get_by_text("Recorded output")).to_be_visible()


def test_a_browser_without_module_workers(show: Open, page: Page) -> None:
    page.add_init_script("""
      const Real = Worker;
      window.Worker = class { constructor() { this.terminate = () => {}; } };
    """)
    code = show(block("print(1)"))
    run(code, "failed")
    assert status(code) == TOO_OLD


def test_a_failed_download_ahead_stays_silent(
    show: Open, site_with_python: FixtureSite, page: Page, complaints: Complaints
) -> None:
    complaints.allow("404")
    code = show(block("print(1)"), faults={"manifest.json": 404})
    with page.expect_event("worker"):
        code.locator('[data-action="run"]').hover()
    page.wait_for_timeout(500)
    assert (code.get_attribute("data-state"), status(code)) == ("idle", "")
    server_of(site_with_python).faults.clear()
    press(code, "run")
    expect(code).to_have_attribute("data-state", "done", timeout=BOOT)
