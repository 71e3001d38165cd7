"""The network and digits that the labs ship, and what torch measures on them: the labs' NumPy is held against it.

Method. For each seed: train (15 epochs), then, with nothing trained afterwards: prune by three kinds at 13 levels;
round the weights to 8..2 bits by four schemes; the same after cutting off the largest weights (symmetric, 4..2 bits);
prune globally and round, symmetric with a scale for each output, and weigh the codes after DEFLATE. The first seed's
network is the shipped one: the first value of each summary is what a lab must show for it.

Clipping: of each layer (per tensor) or output (per channel) the limit is the given percentile of the absolute
weights, by linear interpolation; weights beyond it take its value, then the scheme is applied.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Zipped bytes by the seeds' range and 5 %, which leaves room for another build of zlib. The recorded
network, measured anew by torch, must have the recorded accuracies but for one digit of 500, for another order of
summing may decide a near tie; its logits may be off by 0.001. Other kernels (_numbers.py) moved no mean by more than:
accuracy by 11 points, 36 % of what is allowed; bytes by 38 bytes, 3 % of what is allowed.
"""

import base64
import hashlib
import itertools
import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from _chart import PERCENT_PRUNED, Axis, Line, line_chart, named_axis
from _cnn import SEEDS, SmallCNN, accuracy, digits, frame, prunable, repeatable, train
from _figure import claims_list, figure, grouped, spread, table
from _numbers import POINTS, Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from _pruning import by_layer, by_units, globally
from _quantizing import FakeWeight, quantized
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import prune

NAME = "lab-weights"
FOLDER = "docs/labs"
LEVELS = (0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95)
KINDS = {
    "global": ("smallest of all layers", globally),
    "layer": ("smallest of each layer", by_layer),
    "units": ("weakest channels and neurons", by_units),
}
BITS = (8, 7, 6, 5, 4, 3, 2)
SCHEMES = {
    "tensor_symmetric": ("per tensor, symmetric", False, False),
    "channel_symmetric": ("per channel, symmetric", True, False),
    "tensor_affine": ("per tensor, affine", False, True),
    "channel_affine": ("per channel, affine", True, True),
}
KEEPS = (99.5, 98.0, 95.0)
CLIPPED_BITS = (4, 3, 2)
BUDGET_LEVELS = (0, 50, 70, 80, 90)
BUDGET_BITS = (8, 5, 4, 3, 2)
LOGIT_DIGITS = 5
LOGIT_TOLERANCE = 1e-3
ONE_DIGIT = 0.2
EXACT = ("bits", "keeps", "levels", "parameters", "test_images")
TOLERANCES = {"accuracy": POINTS, "bytes": Tolerance(least=0, share=0.05, unit="bytes")}
SEEN = {"accuracy": Seen(11, 36), "bytes": Seen(38, 3)}


class ClippedWeight(nn.Module):
    """A parametrization that limits a weight (out, ...) to a percentile of its absolute values, then rounds it."""

    def __init__(self, scheme: FakeWeight, keep: float) -> None:
        super().__init__()
        self.scheme, self.keep = scheme, keep

    def forward(self, weight: Tensor) -> Tensor:
        """Clip and round."""
        rows = weight.detach().flatten(1) if self.scheme.per_channel else weight.detach().reshape(1, -1)
        limits = torch.quantile(rows.abs(), self.keep / 100, dim=1)
        limits = limits.reshape(-1, *([1] * (weight.dim() - 1)))
        return self.scheme(torch.minimum(torch.maximum(weight, -limits), limits))


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Train and measure; about 3 s a seed on one core."""
    points, sizes, shipped = Collector(), Collector(), None
    for seed in seeds:
        trained = train(seed)
        shipped = shipped or trained
        with repeatable(seed):
            for path, value in measured(trained):
                points.add(value, *path)
            for path, size in weighed(trained):
                sizes.add(size, *path)
    return frame(seeds) | {
        "accuracy": points.summaries(),
        "bits": list(BITS),
        "bytes": sizes.summaries(),
        "keeps": list(KEEPS),
        "levels": list(LEVELS),
        "logits": logits(shipped),
        "network": network(shipped),
        "versions": versions(),
    }


def measured(trained: SmallCNN) -> Iterator[tuple[tuple[object, ...], float]]:
    """Yield what a lab can be asked, as a path of settings, and the test accuracy in per cent."""
    for kind, (_, pruned) in KINDS.items():
        for level in LEVELS:
            yield ("pruned", kind, level), accuracy(pruned(trained, level))
    for scheme, (_, per_channel, affine) in SCHEMES.items():
        for bits in BITS:
            yield ("rounded", scheme, bits), accuracy(quantized(trained, FakeWeight(bits, per_channel, affine)))
    for scheme, keep, bits in itertools.product(("tensor_symmetric", "channel_symmetric"), KEEPS, CLIPPED_BITS):
        clipped = ClippedWeight(FakeWeight(bits, SCHEMES[scheme][1]), keep)
        yield ("clipped", scheme, keep, bits), accuracy(quantized(trained, clipped))
    for level, bits in itertools.product(BUDGET_LEVELS, BUDGET_BITS):
        yield ("both", level, bits), accuracy(quantized(_pruned(trained, level), FakeWeight(bits)))


def weighed(trained: SmallCNN) -> Iterator[tuple[tuple[object, ...], int]]:
    """Yield (level, bits) and bytes: codes one a byte after DEFLATE, a float32 scale an output, float32 biases."""
    for level, bits in itertools.product(BUDGET_LEVELS, BUDGET_BITS):
        model = quantized(_pruned(trained, level), FakeWeight(bits))
        codes = b"".join(_codes(layer.weight.detach(), bits).tobytes() for layer, _ in prunable(model))
        outputs = sum(len(layer.weight) for layer, _ in prunable(model))
        yield (level, bits), len(zlib.compress(codes, 6)) + 4 * outputs + 4 * outputs


def _pruned(trained: SmallCNN, level: int) -> SmallCNN:
    model = globally(trained, level)
    for layer, name in prunable(model):
        prune.remove(layer, name)
    return model


def _codes(restored: Tensor, bits: int) -> NDArray[np.int8]:
    rows = restored.flatten(1)
    largest = rows.abs().amax(1, keepdim=True)
    scale = torch.where(largest > 0, largest, torch.ones_like(largest)) / (2 ** (bits - 1) - 1)
    return torch.round(rows / scale).to(torch.int8).numpy()


def logits(shipped: SmallCNN) -> dict[str, list[list[float]]]:
    """Map a few settings to the logits of the first held-out digits."""
    models = {
        "untouched": shipped,
        "pruned global 80": globally(shipped, 80),
        "pruned units 50": by_units(shipped, 50),
        "rounded channel_affine 3": quantized(shipped, FakeWeight(3, affine=True)),
    }
    with torch.no_grad():
        images = digits().test_images[:LOGIT_DIGITS]
        return {name: [[round(v, 4) for v in row] for row in model(images).tolist()] for name, model in models.items()}


def network(shipped: SmallCNN) -> dict[str, str]:
    """Pack weights and biases of each layer in turn as little-endian float32, in base64, with their sha256."""
    values = [t.detach().numpy().ravel() for layer, _ in prunable(shipped) for t in (layer.weight, layer.bias)]
    data = np.concatenate(values).astype("<f4").tobytes()
    return {"base64": base64.b64encode(data).decode(), "sha256": hashlib.sha256(data).hexdigest()}


def unpacked(data: dict[str, Any]) -> SmallCNN:
    """Return the recorded network as torch has it."""
    values = torch.from_numpy(np.frombuffer(base64.b64decode(data["network"]["base64"]), "<f4").astype(np.float32))
    model, place = SmallCNN(), 0
    with torch.no_grad():
        for layer, _ in prunable(model):
            for tensor in (layer.weight, layer.bias):
                tensor.copy_(values[place : place + tensor.numel()].view_as(tensor))
                place += tensor.numel()
    return model


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run, or torch on the recorded network, does not confirm."""
    problems = compare(recorded, fresh, EXACT, TOLERANCES, claims)
    return problems or [*_other_accuracies(recorded), *_other_logits(recorded)]


def _other_accuracies(recorded: dict[str, Any]) -> Iterator[str]:
    with repeatable(0):
        again = dict(measured(unpacked(recorded)))
    for path, now in again.items():
        found = recorded["accuracy"]
        for key in path:
            found = found[str(key)]
        if abs(found["each"][0] - now) > ONE_DIGIT + 1e-9:
            words = " ".join(map(str, path))
            yield f"{words}: recorded {found['each'][0]} of the shipped network, torch now measures {now}"


def _other_logits(recorded: dict[str, Any]) -> Iterator[str]:
    for name, now in logits(unpacked(recorded)).items():
        distance = float(np.abs(np.array(now) - np.array(recorded["logits"][name])).max())
        if distance > LOGIT_TOLERANCE:
            yield f"logits {name}: {distance:.4f} apart from the recorded ones, the tolerance is {LOGIT_TOLERANCE}"


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that the lab pages rely on, each with whether the numbers support it."""
    mean = {kind: _means(data["accuracy"]["pruned"][kind]) for kind in KINDS}
    rounded = {scheme: _means(data["accuracy"]["rounded"][scheme]) for scheme in SCHEMES}
    clipped = data["accuracy"]["clipped"]["tensor_symmetric"]
    both = {level: _means(found) for level, found in data["accuracy"]["both"].items()}
    size = {level: _means(found) for level, found in data["bytes"].items()}
    dense = mean["global"]["0"]
    return {
        "pruned by one threshold, 60 % of the weights go for less than 2 points": dense - mean["global"]["60"] < 2,
        "at 80 % one threshold beats a threshold for each layer by more than 10 points": (
            mean["global"]["80"] - mean["layer"]["80"] > 10
        ),
        "with 4 bits or more every scheme is within 1 point": all(
            dense - rounded[scheme][str(bits)] < 1 for scheme in SCHEMES for bits in (4, 5, 6, 7, 8)
        ),
        "with 2 bits, per tensor and symmetric, cutting off at the 95th percentile wins more than 20 points": (
            clipped["95.0"]["2"]["mean"] - rounded["tensor_symmetric"]["2"] > 20
        ),
        "half of the weights and 4 bits together cost less than 2 points": dense - both["50"]["4"] < 2,
        "3 bits with nothing pruned take fewer zipped bytes than 8 bits with half pruned, within 2 points": (
            size["0"]["3"] < size["50"]["8"] and both["50"]["8"] - both["0"]["3"] < 2
        ),
        "70 % pruned with 3 bits takes under 10 000 zipped bytes, and costs less than 4 points": (
            size["70"]["3"] < 10_000 and dense - both["70"]["3"] < 4
        ),
    }


def _means(found: dict[str, Any]) -> dict[str, float]:
    return {key: value["mean"] for key, value in found.items()}


def artifacts(data: dict[str, Any]) -> dict[str, str | bytes]:
    """Write the files that the labs read, and the figures of their pages."""
    test = digits()
    levels = (test.test_images * 16).round().to(torch.uint8).numpy().tobytes()
    recorded = {key: data[key] for key in ("bits", "levels")} | {
        kind: _short(data["accuracy"][kind]) for kind in ("pruned", "rounded", "both")
    }
    return {
        f"{FOLDER}/network.f32": base64.b64decode(data["network"]["base64"]),
        f"{FOLDER}/digits.u8": test.test_labels.to(torch.uint8).numpy().tobytes() + levels,
        f"{FOLDER}/recorded.json": json.dumps(recorded | {"bytes": _short(data["bytes"])}, sort_keys=True) + "\n",
        "precompute/figures/lab-pruning.html": _pruning_figure(data),
        "precompute/figures/lab-quantization.html": _quantization_figure(data),
        "precompute/figures/lab-budget.html": _budget_figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _short(found: dict[str, Any]) -> Any:
    """Mean, lowest, highest and the shipped network's value."""
    if "each" in found:
        return [found["mean"], found["low"], found["high"], found["each"][0]]
    return {key: _short(value) for key, value in found.items()}


NOTE = "nothing trained afterwards; the shaded bands reach from the lowest to the highest seed"


def _pruning_figure(data: dict[str, Any]) -> str:
    found = data["accuracy"]["pruned"]
    lines = [Line(words, {level: found[kind][str(level)] for level in LEVELS}) for kind, (words, _) in KINDS.items()]
    shown = "; ".join(
        f"{words}: {found[kind]['50']['mean']} % at 50, {found[kind]['80']['mean']} % at 80 per cent pruned"
        for kind, (words, _) in KINDS.items()
    )
    chart = line_chart("Test accuracy against the share of weights pruned", f"{shown}.", lines, PERCENT_PRUNED)
    rows = [[f"{level} %", *(spread(found[kind][str(level)]) for kind in KINDS)] for level in LEVELS]
    numbers = _table(["Pruned", *(words for words, _ in KINDS.values())], rows)
    at80 = {kind: found[kind]["80"]["mean"] for kind in KINDS}
    reading = (
        f"With 80 % pruned and no fine-tuning, one threshold for all layers keeps {at80['global']} %, whole channels "
        f"and neurons {at80['units']} %, a threshold for each layer {at80['layer']} %."
    )
    return figure(data, NAME, reading, f"{chart}\n{numbers}", NOTE)


def _quantization_figure(data: dict[str, Any]) -> str:
    found = data["accuracy"]["rounded"]
    lines = [
        Line(words, {place: found[scheme][str(bits)] for place, bits in enumerate(BITS)})
        for scheme, (words, *_) in SCHEMES.items()
    ]
    shown = "; ".join(
        f"{words}: {found[scheme]['4']['mean']} % with 4 bits, {found[scheme]['2']['mean']} % with 2"
        for scheme, (words, *_) in SCHEMES.items()
    )
    axis = named_axis("bits a weight", [str(bits) for bits in BITS])
    chart = line_chart("Test accuracy against the bits of the weights", f"{shown}.", lines, axis)
    rows = [[str(bits), *(spread(found[scheme][str(bits)]) for scheme in SCHEMES)] for bits in BITS]
    numbers = _table(["Bits", *(words for words, *_ in SCHEMES.values())], rows)
    reading = "Down to 4 bits no scheme loses a point; with 2 bits the scheme decides."
    return figure(data, NAME, reading, f"{chart}\n{numbers}", NOTE)


def _budget_figure(data: dict[str, Any]) -> str:
    lines = [
        Line(f"{level} % pruned", {_kilobytes(data, level, bits): points for bits, points in _by_bits(data, level)})
        for level in BUDGET_LEVELS
    ]
    axis = Axis("zipped size (kB)", {value: str(value) for value in range(0, 41, 10)})
    described = "Bytes and accuracy of each combination stand in the table below."
    chart = line_chart("Test accuracy against zipped bytes", described, lines, axis)
    rows = [
        [f"{level} %", str(bits), grouped(round(data["bytes"][str(level)][str(bits)]["mean"])), spread(points)]
        for level in BUDGET_LEVELS
        for bits, points in _by_bits(data, level)
    ]
    numbers = _table(["Pruned", "Bits", "Bytes, zipped", "Accuracy"], rows)
    small = data["accuracy"]["both"]["50"]["4"]["mean"], round(data["bytes"]["50"]["4"]["mean"])
    reading = f"Half pruned and rounded to 4 bits, the network keeps {small[0]} % in {grouped(small[1])} bytes."
    return figure(data, NAME, reading, f"{chart}\n{numbers}", f"along each curve from 8 bits (right) to 2; {NOTE}")


def _kilobytes(data: dict[str, Any], level: int, bits: int) -> float:
    return float(data["bytes"][str(level)][str(bits)]["mean"]) / 1000


def _by_bits(data: dict[str, Any], level: int) -> list[tuple[int, dict[str, Any]]]:
    return [(bits, data["accuracy"]["both"][str(level)][str(bits)]) for bits in BUDGET_BITS]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return table("Accuracy in per cent: mean (lowest to highest)", head, rows)
