"""Programs: a fresh run confirms each record within its tolerances, and a broken record is noticed in words."""

import copy
import hashlib
import html.parser
import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = ("phone_recipe", "pruning_sweep")
FIRST_TEST_LABELS = [0, 9, 6, 9, 8, 4, 5, 8, 1, 6, 3, 0]
Data = dict[str, Any]

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def programs() -> Iterator[dict[str, ModuleType]]:
    """Import each program as a runner does: with its own folder first on the path."""
    for needed in ("torch", "sklearn"):
        pytest.importorskip(needed, reason=f"the programs need {needed}, which is not installed")
    sys.path.insert(0, str(ROOT / "precompute"))
    yield {name: importlib.import_module(name) for name in PROGRAMS}
    sys.path.remove(str(ROOT / "precompute"))


def record(name: str) -> Data:
    path = ROOT / "precompute" / "records" / f"{name.replace('_', '-')}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sweep(programs) -> ModuleType:
    return programs["pruning_sweep"]


@pytest.fixture(scope="module")
def recipe(programs) -> ModuleType:
    return programs["phone_recipe"]


@pytest.fixture
def swept() -> Data:
    return record("pruning_sweep")["data"]


@pytest.fixture
def cooked() -> Data:
    return record("phone_recipe")["data"]


def test_every_program_is_tested_here():
    files = (ROOT / "precompute").glob("[!_]*.py")
    assert sorted(path.stem for path in files) == sorted(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_fresh_run_confirms_the_record(programs, name):
    fresh = json.loads(json.dumps(programs[name].build()))
    assert programs[name].differences(record(name)["data"], fresh) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_record_is_of_the_program_as_it_is(name):
    own = record(name)
    files = [ROOT / own["program"], *sorted((ROOT / "precompute").glob("_*.py"))]
    content = b"".join(path.read_bytes().replace(b"\r\n", b"\n") for path in files)
    assert own["sha256"] == hashlib.sha256(content).hexdigest(), f"run: quizproof record {own['id']}"


@pytest.mark.parametrize("name", PROGRAMS)
def test_committed_artifacts_follow_from_the_record(programs, name):
    made = programs[name].artifacts(record(name)["data"])
    assert {path: text(path) for path in made} == made


@pytest.mark.parametrize("name", PROGRAMS)
def test_artifacts_do_not_depend_on_the_order_of_keys(programs, name):
    data = record(name)["data"]
    assert programs[name].artifacts(backwards(data)) == programs[name].artifacts(data)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_record_confirms_itself_and_its_claims(programs, name):
    data = record(name)["data"]
    assert programs[name].differences(data, data) == []
    assert all(programs[name].claims(data).values())


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return value


class TestSweepNotices:
    def test_a_changed_mean(self, sweep, swept):
        broken = copy.deepcopy(swept)
        broken["accuracy"]["pruned"]["50"]["mean"] = 88.1
        seeds = swept["accuracy"]["pruned"]["50"]["each"]
        assert sweep.differences(broken, swept) == [
            f"accuracy pruned at 50 %: recorded mean 88.1, but its seeds {seeds} have the mean 98.1"
        ]

    def test_a_mean_out_of_tolerance(self, sweep, swept):
        broken = copy.deepcopy(swept)
        broken["accuracy"]["fine_tuned"]["90"] |= {"each": [95.0, 95.0, 95.0], "mean": 95.0}
        assert sweep.differences(broken, swept) == [
            "accuracy fine_tuned at 90 %: recorded 95.0, measured 98.0: 3.0 points apart, the tolerance is 1.0 points"
        ]

    def test_a_mean_within_tolerance_is_no_difference(self, sweep, swept):
        other = copy.deepcopy(swept)
        other["accuracy"]["fine_tuned"]["90"] |= {"each": [97.0, 97.0, 97.0], "mean": 97.0}
        assert sweep.differences(other, swept) == []

    def test_another_count_of_weights(self, sweep, swept):
        broken = copy.deepcopy(swept) | {"parameters": 38283}
        assert sweep.differences(broken, swept) == ["parameters: recorded 38283, now 38282: these must be equal"]

    def test_another_set_of_seeds_before_it_compares_anything_else(self, sweep, swept):
        broken = copy.deepcopy(swept) | {"seeds": [0, 1], "accuracy": {}}
        assert sweep.differences(broken, swept) == ["seeds: recorded [0, 1], now [0, 1, 2]: these must be equal"]

    def test_a_claim_that_no_longer_holds(self, sweep, swept):
        fresh = copy.deepcopy(swept)
        fresh["accuracy"]["pruned"]["90"] |= {"each": [90.0, 90.0, 90.0], "mean": 90.0}
        assert sweep.differences(swept, fresh) == [
            "accuracy pruned at 90 %: recorded 71.9, measured 90.0: 18.1 points apart, the tolerance is 7.0 points",
            "no longer true of the fresh numbers: pruning 90 % without fine-tuning costs more than 10 points",
        ]

    def test_other_versions_are_no_difference(self, sweep, swept):
        assert sweep.differences(swept, copy.deepcopy(swept) | {"versions": {"torch": "9"}}) == []


class TestRecipeNotices:
    def test_zipped_bytes_out_of_tolerance(self, recipe, cooked):
        broken = copy.deepcopy(cooked)
        broken["recipes"]["50"]["trained"]["zipped_bytes"] |= {"each": [100000.0], "mean": 100000.0}
        fresh = cooked["recipes"]["50"]["trained"]["zipped_bytes"]["mean"]
        assert recipe.differences(broken, cooked) == [
            f"zipped bytes at 50 %, trained: recorded 100000.0, measured {fresh}: "
            f"{round(fresh - 100000, 1)} bytes apart, the tolerance is 2000.0 bytes"
        ]

    def test_other_stored_bytes(self, recipe, cooked):
        broken = copy.deepcopy(cooked)
        broken["stored_bytes"] = {"trained": 1}
        assert recipe.differences(broken, cooked) == [
            f"stored_bytes: recorded {{'trained': 1}}, now {cooked['stored_bytes']}: these must be equal"
        ]

    def test_accuracy_out_of_tolerance(self, recipe, cooked):
        broken = copy.deepcopy(cooked)
        broken["recipes"]["80"]["int8"]["accuracy"] |= {"each": [90.0], "mean": 90.0}
        assert recipe.differences(broken, cooked) == [
            "accuracy at 80 %, int8: recorded 90.0, measured 98.8: 8.8 points apart, the tolerance is 1.0 points"
        ]


class TestNetwork:
    def test_is_the_one_that_the_pages_describe(self, sweep):
        model = sweep.SmallCNN()
        counts = {name: sum(p.numel() for p in layer.parameters()) for name, layer in model.named_children()}
        assert counts == {"conv1": 160, "conv2": 4640, "fc1": 32832, "fc2": 650}
        assert sum(counts.values()) == 38282

    def test_the_documented_multiply_accumulates(self, sweep):
        torch = importlib.import_module("torch")
        counted: dict[str, int] = {}

        def count(name):
            def hook(layer, inputs, output):
                counted[name] = output[0].numel() * layer.weight[0].numel()

            return hook

        model = sweep.SmallCNN()
        for name, layer in model.named_children():
            layer.register_forward_hook(count(name))
        model(torch.zeros(1, 1, 8, 8))
        assert counted == {"conv1": 9216, "conv2": 73728, "fc1": 32768, "fc2": 640}

    def test_the_split_is_fixed(self):
        digits = importlib.import_module("_cnn").digits()
        assert (len(digits.train_labels), len(digits.test_labels)) == (1297, 500)
        assert digits.test_labels[:12].tolist() == FIRST_TEST_LABELS
        assert (digits.test_images.min().item(), digits.test_images.max().item()) == (0.0, 1.0)

    def test_the_same_seed_gives_the_same_weights_and_leaves_torch_alone(self, sweep):
        torch = importlib.import_module("torch")
        before = torch.get_rng_state(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
        first, second = (sweep.train(7, epochs=1).state_dict() for _ in range(2))
        assert all(torch.equal(first[name], second[name]) for name in first)
        assert torch.equal(torch.get_rng_state(), before[0])
        assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before[1:]

    def test_fine_tuning_keeps_the_mask(self, sweep):
        model = sweep.pruned_copy(sweep.SmallCNN(), 90)
        sweep.fine_tune(model, seed=0, epochs=1)
        assert sum((layer.weight != 0).sum().item() for layer, _ in sweep.prunable(model)) <= 3816

    def test_int8_codes_are_torch_s(self, recipe):
        torch = importlib.import_module("torch")
        weights = torch.randn(64, 512, generator=torch.Generator().manual_seed(0))
        codes, scale = recipe.quantize(weights)
        oracle = torch.fake_quantize_per_tensor_affine(weights, scale.item(), 0, -127, 127)
        torch.testing.assert_close(codes * scale, oracle)


class Outline(html.parser.HTMLParser):
    """Open elements in order; fails on an end tag that closes something else."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", PROGRAMS)
class TestFigure:
    def figure(self, name: str) -> tuple[str, Outline]:
        fragment = text(f"precompute/figures/{name.replace('_', '-')}.html")
        outline = Outline()
        outline.feed(fragment)
        return fragment, outline

    def test_is_one_balanced_element_without_blank_lines(self, name):
        fragment, outline = self.figure(name)
        assert outline.open == []
        assert outline.seen[0] == "figure"
        assert "\n\n" not in fragment
        assert fragment.endswith("</figure>\n")

    def test_has_caption_drawing_with_text_and_table(self, name):
        fragment, outline = self.figure(name)
        assert {"figcaption", "svg", "title", "desc", "details", "caption", "th"} <= set(outline.seen)
        assert 'role="img"' in fragment

    def test_takes_its_colours_from_the_page(self, name):
        fragment, outline = self.figure(name)
        painted = set(re.findall(r'(?:fill|stroke)="([^"]+)"', fragment))
        assert painted - {"none"} == {"currentColor", "var(--md-accent-fg-color, #526cfe)"}
        assert not {"style", "id", "onclick"} & set(outline.attributes)

    def test_markdown_leaves_it_alone(self, name):
        markdown = importlib.import_module("markdown")
        fragment, _ = self.figure(name)
        page = markdown.markdown(f"Before.\n\n{fragment}\nAfter.", extensions=["extra"])
        assert page == f"<p>Before.</p>\n{fragment}\n<p>After.</p>"
