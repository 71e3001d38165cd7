"""The labs' NumPy: what it says of the shipped network is what PyTorch recorded, and its parts keep their promises."""

import gzip
import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "labs"
DATA = json.loads((ROOT / "precompute" / "records" / "lab-weights.json").read_text(encoding="utf-8"))["data"]
# Another order of summing may decide one near tie of 500.
ONE_DIGIT = 0.2 + 1e-9
MODULES = ("budget", "network", "pruning", "quantization", "storage", "views")
SHOWN = [
    ("pruning", {"sparsity": 0, "kind": "global"}),
    ("pruning", {"sparsity": 99, "kind": "layer"}),
    ("pruning", {"sparsity": 99, "kind": "units"}),
    ("pruning", {"sparsity": 50, "kind": "units"}),
    ("quantization", {"bits": 8, "scale": "channel", "range": "affine", "keep": 100}),
    ("quantization", {"bits": 2, "scale": "tensor", "range": "symmetric", "keep": 90}),
    ("budget", {"budget": 4, "sparsity": 95, "bits": 2, "keep": 90, "form": "csr"}),
    ("budget", {"budget": 40, "sparsity": 0, "bits": 8, "keep": 100, "form": "dense"}),
]


@pytest.fixture(scope="module")
def lab() -> Iterator[SimpleNamespace]:
    """The modules as the page has them: beside each other, found by their names."""
    sys.path.insert(0, str(FOLDER))
    # Bytecode beside them would be published with the pages.
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    yield SimpleNamespace(**{name: importlib.import_module(f"lab_{name}") for name in MODULES})
    sys.dont_write_bytecode = written
    sys.path.remove(str(FOLDER))


def recorded(name: str) -> list[Any]:
    """Every setting of one group of the record, with the shipped network's accuracy."""
    found: list[Any] = []

    def walk(value: Any, path: tuple[str, ...]) -> None:
        if "each" in value:
            found.append((path, value["each"][0]))
        else:
            for key in value:
                walk(value[key], (*path, key))

    walk(DATA["accuracy"][name], ())
    return found


def accuracy(lab: SimpleNamespace, weights: dict[str, Any]) -> float:
    return lab.network.accuracy(lab.network.predict(lab.network.trained().with_weights(weights)))


def restored(codes: dict[str, Any]) -> dict[str, Any]:
    return {name: code.restored for name, code in codes.items()}


def measure(lab: SimpleNamespace, group: str, path: tuple[str, ...]) -> float:
    if group == "pruned":
        network, _ = lab.pruning.prune(path[0], int(path[1]))
        return lab.network.accuracy(lab.network.predict(network))
    if group == "both":
        return accuracy(lab, restored(lab.budget.compress(int(path[0]), int(path[1]), 100)))
    scheme, *keep, bits = path
    codes = lab.quantization.quantize_all(lab.network.trained().weights, int(bits), scheme, *map(float, keep))
    return accuracy(lab, restored(codes))


@pytest.mark.parametrize("group", ["pruned", "rounded", "clipped", "both"])
def test_accuracies_are_what_pytorch_recorded(lab, group):
    found = recorded(group)
    assert len(found) >= 18
    apart = {path: (was, now) for path, was in found if abs((now := measure(lab, group, path)) - was) > ONE_DIGIT}
    assert apart == {}


def test_logits_are_what_pytorch_recorded(lab):
    network = lab.network.trained()
    third = lab.quantization.quantize_all(network.weights, 3, "channel_affine")
    networks = {
        "untouched": network,
        "pruned global 80": lab.pruning.prune("global", 80)[0],
        "pruned units 50": lab.pruning.prune("units", 50)[0],
        "rounded channel_affine 3": network.with_weights(restored(third)),
    }
    assert networks.keys() == DATA["logits"].keys()
    for name, logits in DATA["logits"].items():
        found = lab.network.logits(networks[name], lab.network.digits()[0])[: len(logits)]
        np.testing.assert_allclose(found, logits, atol=1e-3, err_msg=name)


def test_zipped_bytes_are_near_the_recorded_ones(lab):
    for level, by_bits in DATA["bytes"].items():
        for bits, found in by_bits.items():
            codes = lab.budget.compress(int(level), int(bits), 100)
            size = lab.quantization.stored(codes, int(bits), affine=False).bytes()["zipped"]
            assert abs(size - found["each"][0]) <= 0.05 * found["each"][0]


@pytest.mark.torch
@pytest.mark.parametrize("scheme", ["tensor_symmetric", "channel_symmetric", "tensor_affine", "channel_affine"])
def test_codes_stand_for_what_pytorch_rounds_to(lab, scheme):
    torch = pytest.importorskip("torch", reason="PyTorch, the oracle, is not installed")
    weight = lab.network.trained().weights["conv2"]
    for bits in (8, 5, 2):
        mine = lab.quantization.quantize(weight, bits, scheme.startswith("channel"), scheme.endswith("affine"))
        highest = 2**bits - 1 if scheme.endswith("affine") else 2 ** (bits - 1) - 1
        lowest = 0 if scheme.endswith("affine") else -highest
        scale, zero = (np.broadcast_to(v.ravel(), len(weight)) for v in (mine.scale, mine.zero))
        theirs = torch.fake_quantize_per_channel_affine(
            torch.tensor(weight), torch.tensor(scale.copy()), torch.tensor(zero.astype(np.int32)), 0, lowest, highest
        )
        np.testing.assert_array_equal(mine.restored, theirs.numpy())


WEIGHTS = arrays(np.int16, (4, 6), elements=st.integers(-8000, 8000)).map(
    lambda codes: (codes / 1000).astype(np.float32)
)


@given(WEIGHTS, st.integers(2, 8), st.booleans(), st.booleans())
def test_rounding_is_off_by_half_a_step_at_most(lab, weight, bits, per_channel, affine):
    code = lab.quantization.quantize(weight, bits, per_channel, affine)
    room = code.scale.max() * (0.5 + 1e-3) if not affine else code.scale.max() * (1 + 1e-3)
    assert np.abs(code.restored - weight).max() <= room + 1e-30
    assert not code.restored[weight == 0].any()
    assert len(np.unique(code.codes)) <= 2**bits


@given(WEIGHTS, st.integers(2, 8), st.floats(50, 100))
def test_clipping_keeps_all_inside_the_percentile(lab, weight, bits, keep):
    limit = np.quantile(np.abs(weight), keep / 100) if keep < 100 else np.abs(weight).max()
    code = lab.quantization.quantize(weight, bits, False, False, keep)
    assert np.abs(code.restored).max() <= limit * (1 + 1e-5) + 1e-30


@given(st.integers(0, 99))
def test_masks_leave_what_they_promise(lab, level):
    total = lab.network.trained().size
    assert total == 38_160
    left = sum(int(mask.sum()) for mask in lab.pruning.globally(level).values())
    assert left == total - round(level / 100 * total)
    for name, mask in lab.pruning.by_layer(level).items():
        assert mask.sum() == mask.size - round(level / 100 * mask.size), name


@pytest.mark.parametrize("level", [0, 30, 50, 90, 99])
def test_units_that_stay_are_the_network_under_its_masks(lab, level):
    smaller, masks = lab.pruning.by_units(level)
    assert smaller.size == sum(int(mask.sum()) for mask in masks.values())
    whole = lab.network.trained()
    first, second, hidden = lab.pruning.units_left(level)
    # A unit that is gone says 0, so its bias goes too.
    biases = {name: bias.copy() for name, bias in whole.biases.items()}
    for name, stays in (("conv1", first), ("conv2", second), ("fc1", hidden)):
        biases[name][np.setdiff1d(np.arange(len(biases[name])), stays)] = 0
    under = lab.network.Network(lab.pruning.masked(whole.weights, masks), biases)
    columns = lab.network.digits()[0]
    np.testing.assert_allclose(lab.network.logits(smaller, columns), lab.network.logits(under, columns), atol=1e-3)


def test_formats_by_hand(lab):
    stored = lab.storage.Stored(count=100, left=10, rows=4, data=bytes(100), bits=8, index_bits=16, extra=7)
    sizes = stored.bytes()
    assert (sizes["dense"], sizes["bitmask"], sizes["csr"]) == (107, 13 + 10 + 7, 30 + 16 + 7)
    assert sizes["zipped"] < 25
    assert sizes.keys() == lab.storage.NAMES.keys()


def test_multiplications_are_those_of_the_documented_network(lab):
    assert lab.network.trained().macs == 116_352
    assert lab.pruning.prune("global", 90)[0].macs == 116_352
    assert lab.pruning.prune("units", 90)[0].macs < 116_352 / 5


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("read_network", bytes(8), "network.f32 holds 8 bytes, expected 153128: it is not of this lab"),
        ("read_digits", bytes(9), "digits.u8 holds 9 bytes, expected 32500: it is not of this lab"),
    ],
)
def test_a_file_of_another_length_says_so(lab, name, wrong, said):
    with pytest.raises(ValueError, match=said):
        getattr(lab.network, name)(wrong)


@pytest.mark.parametrize(("name", "settings"), SHOWN)
def test_every_view_says_itself_in_words_and_as_a_table(lab, name, settings):
    result = getattr(lab, name).show(**settings)
    json.dumps(result, allow_nan=False)
    assert result["say"].endswith(".")
    assert all(fact["name"] and fact["value"] for fact in result["facts"])
    assert len({view["title"] for view in result["views"]}) == len(result["views"])
    for view in result["views"]:
        assert view["text"].endswith((".", "shown."))
        assert all(len(row) == len(view["head"]) for row in view["rows"])
        assert all(isinstance(cell, str) for row in view["rows"] for cell in row)
    assert len(json.dumps(result)) < 50_000  # a block's output is cut at 100 000 characters


def test_flips_are_listed_lost_ones_first(lab):
    before, labels = lab.network.dense_predictions(), lab.network.digits()[1]
    now = before.copy()
    right, wrong = np.flatnonzero(before == labels)[3], np.flatnonzero(before != labels)[0]
    now[right], now[wrong] = (labels[right] + 1) % 10, labels[wrong]
    view = lab.views.flips(now)
    assert [item["index"] for item in view["digits"]] == [right, wrong]
    assert view["text"] == "Right before and wrong now: 1. Wrong before and right now: 1."


def test_the_page_states_the_bytes_of_the_files():
    page = (FOLDER / "index.md").read_text(encoding="utf-8")
    for name in ("network.f32", "digits.u8", "recorded.json"):
        data = (FOLDER / name).read_bytes()
        cells = next(line for line in page.splitlines() if line.startswith(f"| `{name}`")).split("|")
        stated = [int(cell.replace(" ", "")) for cell in cells[3:5]]
        assert stated[0] == len(data)
        # Another zlib may pack a little better or worse.
        assert abs(stated[1] - len(gzip.compress(data, 9, mtime=0))) <= 0.02 * stated[1]


class TestAnswers:
    """The numbers under "What we found" are those that a reader gets; an accuracy may be off by one digit."""

    def said(self, name: str) -> str:
        text = " ".join((FOLDER / f"{name}.md").read_text(encoding="utf-8").split())
        return text.partition("What we found")[2].partition("What was recorded")[0]

    def check(self, name: str, sentences: list[str], accuracies: dict[str, float]) -> None:
        text = self.said(name)
        assert [words for words in sentences if words not in text] == []
        for words, found in accuracies.items():
            before, after = map(re.escape, words.split("{}"))
            stated = re.search(rf"{before}([\d.]+){after}", text)
            assert stated, words
            assert abs(float(stated[1]) - found) <= ONE_DIGIT, words

    def test_pruning(self, lab):
        def lost(kind: str, level: int) -> float:
            predictions = lab.network.predict(lab.pruning.prune(kind, level)[0])
            return lab.network.accuracy(lab.network.dense_predictions()) - lab.network.accuracy(predictions)

        def sizes(level: int) -> dict[str, int]:
            return lab.pruning.stored(lab.pruning.prune("global", level)[0]).bytes()

        assert lost("global", 77) <= 2 + ONE_DIGIT < 2 * ONE_DIGIT + lost("global", 78)
        assert lost("layer", 41) <= 2 + ONE_DIGIT < 2 * ONE_DIGIT + lost("layer", 42)
        left = {name: round(100 * mask.mean(), 1) for name, mask in lab.pruning.globally(50).items()}
        nine = sizes(90)
        assert abs(nine["zipped"] - 20_000) < 600
        pays = next(level for level in range(40, 100) if sizes(level)["csr"] < lab.network.trained().float32_bytes)
        sentences = [
            "By one threshold 77 % of the weights go for two points; layer by layer two points are gone at 42 %.",
            f"conv1 keeps {left['conv1']} % of its own and fc1 {left['fc1']} %",
            f"the bit mask takes {nine['bitmask'] / 1000:.1f} kB, CSR {nine['csr'] / 1000:.1f} kB, and zip about 20 kB",
            f"CSR pays from {pays} % on",
            f"units leave {lab.pruning.prune('units', 50)[0].macs:,}.".replace(",", " "),
        ]
        self.check("pruning", sentences, {})

    def test_quantization(self, lab):
        weights = lab.network.trained().weights
        flat = np.concatenate([w.ravel() for w in weights.values()])

        def rounded(bits: int, scheme: str, keep: float = 100) -> SimpleNamespace:
            codes = lab.quantization.quantize_all(weights, bits, scheme, keep)
            stored = lab.quantization.stored(codes, bits, affine=False)
            errors = np.abs(lab.quantization.errors_in_steps(weights, codes))
            return SimpleNamespace(
                accuracy=accuracy(lab, restored(codes)),
                zeros=f"{100 - 100 * stored.left / stored.count:.1f} %",
                sqnr=lab.quantization.sqnr(flat, np.concatenate([c.restored.ravel() for c in codes.values()])),
                small=100 * float((errors < 0.25).mean()),
            )

        schemes = lab.quantization.SCHEMES
        before = lab.network.accuracy(lab.network.dense_predictions())
        assert max(before - rounded(bits, s).accuracy for bits in range(4, 9) for s in schemes) <= 0.4 + ONE_DIGIT
        plain = {bits: rounded(bits, "tensor_symmetric") for bits in (8, 5, 4, 3, 2)}
        clipped = rounded(2, "tensor_symmetric", 95)
        assert abs(plain[5].small - 50) < 0.5
        high, low = plain[8].sqnr, plain[4].sqnr
        sentences = [
            f"from {high:.1f} dB at 8 bits to {low:.1f} dB at 4: {(high - low) / 4:.1f} dB a bit",
            f"unclipped, {plain[2].zeros} of the weights are rounded to 0, then {clipped.zeros}",
            f"With 3 bits it is {plain[3].small:.1f} %, with 2 bits {plain[2].small:.1f} %",
        ]
        accuracies = {
            "From {} % to": plain[2].accuracy,
            " % to {} %, with 95 % of the weights not clipped": clipped.accuracy,
            "Per tensor and affine {} %": rounded(2, "tensor_affine").accuracy,
            "per channel and symmetric {} %": rounded(2, "channel_symmetric").accuracy,
            "both together {} %": rounded(2, "channel_affine").accuracy,
        }
        self.check("quantization", sentences, accuracies)

    def test_budget(self, lab):
        def stored(level: int, bits: int, keep: float = 100) -> Any:
            return lab.quantization.stored(lab.budget.compress(level, bits, keep), bits, affine=False)

        def right(level: int, bits: int, keep: float = 100) -> float:
            return accuracy(lab, restored(lab.budget.compress(level, bits, keep)))

        def zeros(bits: int) -> str:
            found = stored(0, bits)
            return f"{100 - 100 * found.left / found.count:.1f} %"

        for settings, about in (((0, 3), 13_200), ((60, 3), 10_200), ((85, 2, 90), 5_500)):
            assert abs(stored(*settings).bytes()["zipped"] - about) < 0.05 * about
        assert stored(82, 8).bytes()["zipped"] > 0.98 * 12_000 > 0.96 * stored(83, 8).bytes()["zipped"]
        levels = range(60, 96)
        sizes = {bits: {level: stored(level, bits).bytes() for level in levels} for bits in (8, 3)}
        pays = [next(level for level in levels if of[level]["csr"] < of[level]["dense"]) for of in sizes.values()]
        masks = [next(level for level in levels if of[level]["csr"] < of[level]["bitmask"]) for of in sizes.values()]
        sentences = [
            "At 8 bits from {} % on, at 3 bits from {} % on".format(*pays),
            f"sets {zeros(3)} to zero, with 2 bits {zeros(2)}",
            f"instead of the {sizes[3][60]['dense'] / 1000:.1f} kB of packed codes",
            f"smaller than CSR up to {masks[0] - 1} %",
        ]
        assert masks[0] == masks[1]
        accuracies = {
            "from 83 % pruned on, and keeps {} %": right(83, 8),
            "2 bits keep {} %": right(0, 2),
            "about 10 kB and keep {} %": right(60, 3),
            "about 5.5 kB and keeps {} %": right(85, 2, 90),
        }
        self.check("budget", sentences, accuracies)
