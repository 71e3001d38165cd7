"""Programs: a fresh run confirms each record within its tolerances, and a broken record is noticed in words."""

import copy
import hashlib
import html
import html.parser
import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from quiz_plugin.evidence.programs import find_programs

ROOT = Path(__file__).parents[1]
PROGRAMS = (
    "amp_old_and_new",
    "batch_size",
    "calibration",
    "cheat_choices",
    "cheat_speed",
    "cheat_training",
    "debug_example",
    "distillation",
    "lab_weights",
    "latency_ratios",
    "lottery_ticket",
    "mixed_precision_range",
    "phone_recipe",
    "prune_then_quantize",
    "pruning_kinds",
    "pruning_schedule",
    "pruning_sweep",
    "quantization_aware_training",
    "quantization_sweep",
)
# A program's figure has its name, unless it draws several.
DRAWN = {
    "cheat_choices": ("cheat_bits", "cheat_front", "cheat_penalties", "cheat_pruning", "cheat_search"),
    "cheat_speed": ("cheat_fusing", "cheat_load", "cheat_roofline"),
    "cheat_training": ("cheat_fit", "cheat_optimizers", "cheat_rate"),
    "lab_weights": ("lab_budget", "lab_pruning", "lab_quantization"),
}
READS = {
    "cheat_choices": (
        "records/prune-then-quantize.json",
        "records/pruning-sweep.json",
        "records/quantization-sweep.json",
    )
}
FIGURES = [figure for name in PROGRAMS for figure in DRAWN.get(name, (name,))]
# Names and the words of warnings: nothing that could be drawn. It stands below a drawing, on a page with one.
TABLE_ALONE = {"amp_old_and_new"}
# Of five, so that two processors verify it all in under four minutes; `quizproof prove` runs all five.
FEW_SEEDS = (0, 1)
# These train the most networks a seed.
ONE_SEED = {
    "batch_size",
    "distillation",
    "lottery_ticket",
    "pruning_kinds",
    "pruning_schedule",
    "quantization_aware_training",
}
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
    build = programs[name].build
    seeds = FEW_SEEDS[:1] if name in ONE_SEED else FEW_SEEDS
    fresh = build(seeds) if inspect.signature(build).parameters else build()
    assert programs[name].differences(record(name)["data"], json.loads(json.dumps(fresh))) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_record_is_of_the_program_as_it_is(name):
    own = record(name)
    read = [ROOT / "precompute" / path for path in READS.get(name, ())]
    files = [ROOT / own["program"], *sorted((ROOT / "precompute").glob("_*.py")), *read]
    content = b"".join(path.read_bytes().replace(b"\r\n", b"\n") for path in files)
    assert own["sha256"] == hashlib.sha256(content).hexdigest(), f"run: quizproof record {own['id']}"


@pytest.mark.parametrize("name", PROGRAMS)
def test_committed_artifacts_follow_from_the_record(programs, name):
    made = programs[name].artifacts(record(name)["data"])
    committed = {p: (ROOT / p).read_bytes() if isinstance(content, bytes) else text(p) for p, content in made.items()}
    assert committed == made


@pytest.mark.parametrize("name", PROGRAMS)
def test_artifacts_do_not_depend_on_the_order_of_keys(programs, name):
    data = record(name)["data"]
    assert programs[name].artifacts(backwards(data)) == programs[name].artifacts(data)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_record_confirms_itself_and_its_claims(programs, name):
    data = record(name)["data"]
    assert programs[name].differences(data, data) == []
    assert all(programs[name].claims(data).values())


def test_what_a_program_says_of_running_it_is_found_without_running_it(programs):
    found = {program.path.stem: program for program in find_programs(ROOT / "precompute")}
    assert [name for name, program in found.items() if program.alone] == ["latency_ratios"]
    reads = {name: program.reads for name, program in found.items() if program.reads}
    assert reads == {name: tuple(ROOT / "precompute" / path for path in paths) for name, paths in READS.items()}
    assert {name: programs[name].READS for name in READS} == READS


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return value


def altered(data: Data, *path: str, each: list[float]) -> Data:
    """Return a copy in which one summary has other seeds."""
    changed = copy.deepcopy(data)
    inner = changed
    for key in path:
        inner = inner[key]
    inner |= {"each": each, "mean": sum(each) / len(each), "low": min(each), "high": max(each)}
    return changed


def first_seeds(data: Data, count: int) -> Data:
    """Return a run of the first seeds alone, as `build` would give it."""
    if "each" in data:
        each = data["each"][:count]
        return {"each": each, "mean": sum(each) / count, "low": min(each), "high": max(each)}
    return {
        key: first_seeds(value, count) if isinstance(value, dict) else value[:count] if key == "seeds" else value
        for key, value in data.items()
    }


@pytest.mark.parametrize("name", PROGRAMS)
class TestTolerance:
    def test_the_program_says_it_with_the_reason(self, programs, name):
        documented = inspect.getdoc(programs[name]) or ""
        (reason,) = re.findall(r"^Tolerances: (.*?)(?:\n\n|\Z)", documented, re.MULTILINE | re.DOTALL)
        assert len(reason) > 80

    def test_each_is_wider_than_what_other_kernels_moved(self, programs, name):
        program, data = programs[name], record(name)["data"]
        if not hasattr(program, "TOLERANCES"):
            assert program.TOLERANCE.startswith("Tolerance: ")
            return
        numbers = importlib.import_module("_numbers")
        assert program.SEEN.keys() == program.TOLERANCES.keys()
        for key, tolerance in program.TOLERANCES.items():
            widest = max(numbers.allowed(found, tolerance) for _, found in numbers.summaries(data[key], key))
            assert 0 <= program.SEEN[key].used < 100
            assert program.SEEN[key].most < widest

    def test_the_page_shows_the_own_one(self, programs, name):
        program = programs[name]
        claims = text(f"precompute/figures/{name.replace('_', '-')}-claims.html")
        (shown,) = re.findall(r'<p class="quiz-tolerance"><small>(.*)</small></p>\n', claims)
        if hasattr(program, "TOLERANCE"):
            assert shown == html_of(program.TOLERANCE)
            return
        for key, tolerance in program.TOLERANCES.items():
            assert html_of(f"({tolerance.label or key.replace('_', ' ')})") in shown
            assert f" {program.SEEN[key].used}\N{NO-BREAK SPACE}% of its tolerance " in shown


def html_of(words: str) -> str:
    return html.escape(words).replace(" %", "\N{NO-BREAK SPACE}%")


def test_a_tolerance_in_words(programs):
    numbers = importlib.import_module("_numbers")
    wide = numbers.Tolerance(least=0.05, share=0.2, unit="dB")
    seen = {"accuracy": numbers.Seen(3.4, 19), "zipped_noise": numbers.Seen(1, 2)}
    assert numbers.tolerated({"accuracy": numbers.POINTS, "zipped_noise": wide}, seen) == (
        "Tolerance of a mean: the range of the recorded seeds plus 1 point (accuracy), plus 0.05 dB and 20 % (zipped "
        "noise). Other kernels moved a mean by at most 3.4 points and 19 % of its tolerance (accuracy), 1 dB and 2 % "
        "of its tolerance (zipped noise)."
    )


class TestSweepNotices:
    def test_a_changed_mean(self, sweep, swept):
        broken = copy.deepcopy(swept)
        broken["accuracy"]["pruned"]["50"]["mean"] = 88.1
        half = swept["accuracy"]["pruned"]["50"]
        assert sweep.differences(broken, swept) == [
            f"accuracy pruned 50: recorded mean 88.1, but its seeds {half['each']} have the mean {half['mean']}"
        ]

    def test_a_mean_out_of_tolerance(self, sweep, swept):
        broken = altered(swept, "accuracy", "fine_tuned", "90", each=[95.0, 95.0, 95.5, 95.0, 94.5])
        now = swept["accuracy"]["fine_tuned"]["90"]["mean"]
        assert sweep.differences(broken, swept) == [
            f"accuracy fine_tuned 90: recorded 95.0, measured {now}: {round(now - 95, 1)} points apart, "
            "the tolerance is 2.0 points"
        ]

    def test_the_seeds_range_widens_the_tolerance(self, sweep, swept):
        broken = altered(swept, "accuracy", "fine_tuned", "90", each=[95.0, 93.0, 97.0, 95.0, 95.0])
        assert sweep.differences(broken, swept) == []

    def test_a_mean_within_tolerance_is_no_difference(self, sweep, swept):
        other = altered(swept, "accuracy", "fine_tuned", "90", each=[97.4] * 5)
        assert sweep.differences(other, swept) == []

    def test_another_count_of_weights(self, sweep, swept):
        broken = copy.deepcopy(swept) | {"parameters": 38283}
        assert sweep.differences(broken, swept) == ["parameters: recorded 38283, now 38282: these must be equal"]

    def test_other_seeds_before_it_compares_anything_else(self, sweep, swept):
        fresh = copy.deepcopy(swept) | {"seeds": [1, 0], "accuracy": {}}
        assert sweep.differences(swept, fresh) == [
            "seeds: recorded [0, 1, 2, 3, 4], now [1, 0]: a fresh run takes the recorded seeds, or the first of them"
        ]

    def test_no_seeds_at_all(self, sweep, swept):
        assert sweep.differences(swept, copy.deepcopy(swept) | {"seeds": []}) == [
            "seeds: recorded [0, 1, 2, 3, 4], now []: a fresh run takes the recorded seeds, or the first of them"
        ]

    def test_a_level_that_was_not_measured(self, sweep, swept):
        fresh = copy.deepcopy(swept)
        del fresh["accuracy"]["pruned"]["30"]
        (problem,) = sweep.differences(swept, fresh)
        assert problem.startswith("accuracy: recorded [")
        assert problem.endswith(": these must be equal")

    def test_the_first_two_seeds_are_held_against_the_same_two(self, sweep, swept):
        fresh = first_seeds(swept, 2)
        assert sweep.differences(swept, fresh) == []
        fresh = altered(fresh, "accuracy", "fine_tuned", "70", each=[90.0, 90.0])
        old = sum(swept["accuracy"]["fine_tuned"]["70"]["each"][:2]) / 2
        assert sweep.differences(swept, fresh)[0].startswith(
            f"accuracy fine_tuned 70: recorded {round(old, 1)}, measured 90.0: "
        )

    def test_a_claim_that_no_longer_holds(self, sweep, swept):
        fresh = altered(swept, "accuracy", "pruned", "90", each=[90.0] * 5)
        problems = sweep.differences(swept, fresh)
        assert problems[-1] == (
            "no longer true of the fresh numbers: pruning 90 % without fine-tuning costs more than 10 points"
        )

    def test_a_claim_is_checked_with_the_fresh_seeds_in_place_of_the_recorded_ones(self, sweep, swept):
        wild = altered(swept, "accuracy", "pruned", "90", each=[20.0, 97.0, 97.0, 97.0, 97.0])
        fresh = altered(first_seeds(wild, 2), "accuracy", "pruned", "90", each=[97.0, 97.0])
        claim = "no longer true of the fresh numbers: pruning 90 % without fine-tuning costs more than 10 points"
        assert sweep.differences(wild, fresh) == [claim]

    def test_other_versions_are_no_difference(self, sweep, swept):
        assert sweep.differences(swept, copy.deepcopy(swept) | {"versions": {"torch": "9"}}) == []


class TestRecipeNotices:
    def test_zipped_bytes_out_of_tolerance(self, recipe, cooked):
        broken = altered(cooked, "zipped_bytes", "50", "trained", each=[100000.0] * 5)
        fresh = cooked["zipped_bytes"]["50"]["trained"]["mean"]
        assert recipe.differences(broken, cooked) == [
            f"zipped_bytes 50 trained: recorded 100000.0, measured {fresh}: "
            f"{round(fresh - 100000, 1)} bytes apart, the tolerance is 2000.0 bytes"
        ]

    def test_other_stored_bytes(self, recipe, cooked):
        broken = copy.deepcopy(cooked)
        broken["stored_bytes"] = {"trained": 1}
        assert recipe.differences(broken, cooked) == [
            f"stored_bytes: recorded {{'trained': 1}}, now {cooked['stored_bytes']}: these must be equal"
        ]

    def test_accuracy_out_of_tolerance(self, recipe, cooked):
        broken = altered(cooked, "accuracy", "80", "int8", each=[90.0] * 5)
        now = cooked["accuracy"]["80"]["int8"]["mean"]
        assert recipe.differences(broken, cooked) == [
            f"accuracy 80 int8: recorded 90.0, measured {now}: {round(now - 90, 1)} points apart, "
            "the tolerance is 1.0 points"
        ]


class TestOthersNotice:
    def test_latency_that_a_mask_would_save(self, programs):
        data = record("latency_ratios")["data"]
        fresh = copy.deepcopy(data)
        fresh["ratios"]["layers_masked"]["median"] = 0.2
        assert programs["latency_ratios"].differences(data, fresh) == [
            "no longer true of the fresh numbers: with nine of ten weights masked, two dense layers take between 0.75 "
            "and 1.33 of the time of before"
        ]

    def test_latency_does_not_compare_ratios(self, programs):
        data = record("latency_ratios")["data"]
        fresh = copy.deepcopy(data)
        fresh["ratios"]["layers_sparse"] = {"median": 0.3, "low": 0.1, "high": 9.0}
        assert programs["latency_ratios"].differences(data, fresh) == []

    def test_a_new_name_that_warns(self, programs):
        data = record("amp_old_and_new")["data"]
        fresh = copy.deepcopy(data)
        fresh["categories"]['torch.amp.autocast("cpu")'] = "FutureWarning"
        assert programs["amp_old_and_new"].differences(data, fresh)[-1] == (
            "no longer true of the fresh numbers: none of the new names under torch.amp warns"
        )

    def test_words_of_a_warning_belong_to_their_version(self, programs):
        data = record("amp_old_and_new")["data"]
        fresh = copy.deepcopy(data)
        fresh["messages"]["torch.cuda.amp.custom_fwd"] += " Use torch.amp.custom_fwd."
        assert len(programs["amp_old_and_new"].differences(data, fresh)) == 1
        fresh["versions"]["torch"] = "9"
        assert programs["amp_old_and_new"].differences(data, fresh) == []

    def test_zeros_that_do_not_last(self, programs):
        data = record("debug_example")["data"]
        fresh = copy.deepcopy(data)
        fresh["runs"]["a share instead of a threshold"]["zeros_after_a_step"] = 0
        assert programs["debug_example"].differences(data, fresh)[-1] == (
            "no longer true of the fresh numbers: all zeros survive a step of training where prune keeps the mask"
        )


def small_cnn() -> Any:
    return importlib.import_module("_cnn").SmallCNN()


class TestNetwork:
    def test_is_the_one_that_the_pages_describe(self, sweep):
        model = small_cnn()
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

        model = small_cnn()
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
        cnn = importlib.import_module("_cnn")
        model = importlib.import_module("_pruning").globally(small_cnn(), 90)
        sweep.fine_tune(model, seed=0, epochs=1)
        assert sum((layer.weight != 0).sum().item() for layer, _ in cnn.prunable(model)) <= 3816

    def test_int8_codes_are_torch_s(self, recipe):
        torch = importlib.import_module("torch")
        weights = torch.randn(64, 512, generator=torch.Generator().manual_seed(0))
        codes, scale = recipe.quantize(weights)
        oracle = torch.fake_quantize_per_tensor_affine(weights, scale.item(), 0, -127, 127)
        torch.testing.assert_close(codes * scale, oracle)


class TestPruning:
    @pytest.fixture
    def pruning(self, programs) -> ModuleType:
        return importlib.import_module("_pruning")

    @pytest.mark.parametrize("level", [30, 50, 90])
    def test_all_kinds_keep_about_as_many_weights_and_leave_the_network_alone(self, pruning, level):
        torch = importlib.import_module("torch")
        trained = small_cnn()
        before = copy.deepcopy(trained.state_dict())
        wanted = 38160 * (100 - level) / 100
        for model in (
            pruning.globally(trained, level),
            pruning.by_layer(trained, level),
            pruning.at_random(trained, level, 0),
            pruning.by_units(trained, level),
        ):
            assert pruning.weights_left(model) == pytest.approx(wanted, rel=0.05)
        assert all(torch.equal(before[name], tensor) for name, tensor in trained.state_dict().items())

    def test_removing_dead_units_changes_no_output(self, pruning):
        torch = importlib.import_module("torch")
        model = small_cnn()
        with torch.no_grad():
            for layer, kept in ((model.conv1, 8), (model.conv2, 16), (model.fc1, 32)):
                layer.weight[kept:] = 0
                layer.bias[kept:] = -1  # a ReLU that is never open
        smaller = pruning.by_units(model, 75)
        assert (smaller.conv1.out_channels, smaller.conv2.out_channels, smaller.fc1.out_features) == (8, 16, 32)
        images = importlib.import_module("_cnn").digits().test_images[:20]
        torch.testing.assert_close(smaller(images), model(images))


class TestQuantizing:
    @pytest.fixture
    def quantizing(self, programs) -> ModuleType:
        return importlib.import_module("_quantizing")

    @pytest.mark.parametrize("bits", [2, 4, 8])
    @pytest.mark.parametrize("per_channel", [True, False])
    @pytest.mark.parametrize("affine", [True, False])
    def test_weights_have_as_many_values_as_codes_and_are_off_by_half_a_step(
        self, quantizing, bits, per_channel, affine
    ):
        torch = importlib.import_module("torch")
        weight = torch.randn(6, 40, generator=torch.Generator().manual_seed(1))
        back = quantizing.FakeWeight(bits, per_channel, affine)(weight)
        rows = list(zip(weight, back, strict=True)) if per_channel else [(weight, back)]
        for before, after in rows:
            assert len(after.unique()) <= (2**bits if affine else 2**bits - 1)
            reach = (before.max() - before.min()) / (2**bits - 1)
            step = reach if affine else before.abs().max() / (2 ** (bits - 1) - 1)
            # the affine range may lie half a step beside the rounded zero-point
            assert (after - before).abs().max() <= step * (1.001 if affine else 0.501)

    def test_rows_of_zeros_stay_zeros(self, quantizing):
        torch = importlib.import_module("torch")
        for affine in (True, False):
            assert not quantizing.FakeWeight(4, True, affine)(torch.zeros(2, 3)).any()

    def test_the_gradient_passes_through(self, quantizing):
        torch = importlib.import_module("torch")
        weight = torch.randn(2, 5, requires_grad=True)
        quantizing.FakeWeight(3)(weight).sum().backward()
        assert weight.grad.tolist() == [[1.0] * 5] * 2

    def test_limits_are_ordered_and_within_the_values(self, quantizing):
        numpy = importlib.import_module("numpy")
        values = numpy.random.default_rng(0).exponential(size=20_000)
        for choose in (quantizing.percentile, quantizing.least_error, quantizing.entropy):
            limits = [choose(values, bits) for bits in (2, 4, 8)]
            assert limits == sorted(limits)
            assert all(0 < limit <= values.max() for limit in limits)

    def test_least_error_has_the_least_error(self, quantizing):
        numpy = importlib.import_module("numpy")
        values = numpy.random.default_rng(0).exponential(size=20_000)

        def error(limit):
            scale = limit / 7
            return numpy.mean((numpy.minimum(numpy.round(values / scale), 7) * scale - values) ** 2)

        others = (quantizing.highest(values, 3), quantizing.percentile(values, 3), quantizing.entropy(values, 3))
        assert error(quantizing.least_error(values, 3)) <= min(map(error, others)) * 1.001


class TestSizes:
    def test_bytes_by_format_of_a_known_network(self, programs):
        torch = importlib.import_module("torch")
        model = small_cnn()
        with torch.no_grad():
            for layer, _ in importlib.import_module("_cnn").prunable(model):
                layer.weight.zero_()
                layer.weight.view(-1)[0] = 1.0
        found = programs["prune_then_quantize"].bytes_by_format(model)
        assert found["float32"] == 4 * 38282
        assert found["int8"] == 38160 + 4 * 122 + 4 * 122
        groups = 5 + 144 + 1024 + 20  # 144 weights of conv1 fill four and a half groups of 32
        assert found["int4"] == groups * (16 + 2) + 4 * 122
        assert found["float32_csr"] == 8 * 4 + 4 * 126 + 4 * 122
        assert found["int8_csr"] == 3 * 4 + 4 * 126 + 4 * 122 + 4 * 122

    def test_nibbles_hold_both_codes(self, programs):
        torch = importlib.import_module("torch")
        packed = programs["prune_then_quantize"]._nibbles(torch.tensor([[7, -7, 0, 1]], dtype=torch.int8))
        assert packed == bytes([7 | 9 << 4, 0 | 1 << 4])


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


@pytest.mark.parametrize("name", FIGURES)
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
        assert {"figcaption", "details", "caption", "th"} <= set(outline.seen)
        if name not in TABLE_ALONE:
            assert {"svg", "title", "desc"} <= set(outline.seen)
            assert 'role="img"' in fragment

    def test_a_wide_table_scrolls_where_the_keyboard_reaches_it(self, name):
        fragment, _ = self.figure(name)
        regions = re.findall(
            r'<div class="md-typeset__scrollwrap" role="region" aria-label="[^"]+" tabindex="0">', fragment
        )
        assert len(regions) == fragment.count("<table>") == 1

    def test_takes_its_colours_from_the_page(self, name):
        fragment, outline = self.figure(name)
        painted = set(re.findall(r'(?:fill|stroke)="([^"]+)"', fragment))
        both = {"currentColor", "var(--md-accent-fg-color, #526cfe)"}
        assert painted - {"none"} == (set() if name in TABLE_ALONE else both)
        assert not {"style", "id", "onclick"} & set(outline.attributes)

    def test_its_reading_is_one_sentence(self, name):
        fragment, _ = self.figure(name)
        (reading,) = re.findall(r"<figcaption>(.*)</figcaption>", fragment)
        assert len(re.findall(r"[.!?](?:\s|$)", reading)) == 1
        assert reading.endswith(".")

    def test_markdown_leaves_it_alone(self, name):
        markdown = importlib.import_module("markdown")
        fragment, _ = self.figure(name)
        page = markdown.markdown(f"Before.\n\n{fragment}\nAfter.", extensions=["extra"])
        assert page == f"<p>Before.</p>\n{fragment}\n<p>After.</p>"


PAGES = sorted(path.stem for path in (ROOT / "docs" / "experiments").glob("[!i]*.md"))


def means(value: Any) -> Iterator[float]:
    """Find every mean and median of a record."""
    if isinstance(value, dict):
        yield from (float(value[key]) for key in ("mean", "median") if key in value)
        for inner in value.values():
            yield from means(inner)


class TestPages:
    def test_every_experiment_has_a_page_with_its_figure_and_its_sentences(self):
        files = [path for folder in ("experiments", "labs") for path in (ROOT / "docs" / folder).glob("*.md")]
        pages = "\n".join(path.read_text(encoding="utf-8") for path in [*files, ROOT / "docs" / "cheat-sheet.md"])
        for figure in FIGURES:
            assert f'--8<-- "precompute/figures/{figure.replace("_", "-")}.html"' in pages
        for name in PROGRAMS:
            record_id = name.replace("_", "-")
            assert f'--8<-- "precompute/figures/{record_id}-claims.html"' in pages
            assert f"quizproof prove {record_id}" in pages

    @pytest.mark.parametrize("page", PAGES)
    def test_each_has_the_same_parts_in_the_same_order(self, page):
        written = text(f"docs/experiments/{page}.md")
        assert re.search(r"^# .*\?\n\n\*\*Question\.\*\* ", written, re.MULTILINE)
        headings = re.findall(r"^## (.*)$", written, re.MULTILINE)
        assert headings == ["Method", "Result", "Reading", "Limits", "Run it again"]
        result = written.partition("\n## Result\n")[2].partition("\n## Reading\n")[0]
        assert result.count('.html"') > result.count('-claims.html"') > 0

    def test_the_overview_leads_to_each(self):
        overview = text("docs/experiments/index.md")
        assert sorted(re.findall(r"^\| \[[^]]+\?\]\(([\w-]+)\.md\)", overview, re.MULTILINE)) == PAGES

    def test_numbers_against_what_is_taught_are_recorded(self):
        overview = text("docs/experiments/index.md")
        rows = re.findall(r'^\| ".*" \| (.*) \| \[`([\w-]+)`\]\(([\w-]+)\.md\) \|$', overview, re.MULTILINE)
        assert len(rows) >= 10
        for measured, name, page in rows:
            assert f"records/{name}.json" in text(f"docs/experiments/{page}.md")
            together = re.sub(r"(?<=\d) (?=\d{3}\b)", "", measured)
            said = set(map(float, re.findall(r"\d+\.\d+|\d{4,}", together)))
            # ratios of times are each machine's own, and stand in the figure alone
            assert bool(said) == (name != "latency-ratios")
            assert said <= set(means(record(name)["data"])), measured

    def test_figures_are_those_of_the_programs(self):
        names = {name.replace("_", "-") for name in PROGRAMS}
        drawn = {f"{figure.replace('_', '-')}.html" for figure in FIGURES}
        wanted = drawn | {f"{name}-claims.html" for name in names}
        assert {path.name for path in (ROOT / "precompute" / "figures").iterdir()} == wanted
