"""How large a pruned and quantized network is, by the way it is stored; and what that costs in accuracy.

Method. For each seed: train (15 epochs), prune globally by L1, fine-tune 3 epochs under the mask (0 %: the same epochs
with nothing pruned), then round the weights: int8 with a scale for each output, int4 with a scale for each 32 weights.
Accuracy with the restored weights in float32 arithmetic.

Bytes of weights and biases, in every format with 488 bytes of float32 biases. *Dense*: 4 bytes a weight; 1 byte and 4
for each of 122 scales; half a byte and 2 for the scale of each group. *CSR*: a value and a column index for each
weight that is left, 4 bytes for each of the 122 + 4 row offsets; indices take 4 bytes beside float32, 2 beside int8.
*Zipped*: the dense bytes after DEFLATE, level 9. After S. Han et al., Deep Compression, 2016.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Bytes by the seeds' range and 3 %, which leaves room for another build of zlib; most formats take the same
bytes in every run. Other kernels (_numbers.py) moved no mean by more than: accuracy by 0.6 points, 22 % of what is
allowed; bytes by 37 bytes, 4 % of what is allowed.
"""

import copy
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from _chart import bar_chart
from _cnn import FINE_TUNING_EPOCHS, SEEDS, SmallCNN, accuracy, fine_tune, frame, prunable, train
from _figure import claims_list, figure, grouped, spread, table
from _numbers import POINTS, Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from _pruning import globally
from torch import Tensor
from torch.nn.utils import prune

NAME = "prune-then-quantize"
LEVELS = (0, 50, 80, 90, 95)
GROUP = 32
FORMATS = {
    "float32": "float32, dense",
    "float32_zipped": "float32, zipped",
    "float32_csr": "float32, CSR, 32-bit indices",
    "int8": "int8, dense",
    "int8_zipped": "int8, zipped",
    "int8_csr": "int8, CSR, 16-bit indices",
    "int4": "int4 in groups of 32, dense",
    "int4_zipped": "int4 in groups of 32, zipped",
}
EXACT = ("group", "levels", "parameters", "test_images")
TOLERANCES = {"accuracy": POINTS, "bytes": Tolerance(least=0, share=0.03, unit="bytes")}
SEEN = {"accuracy": Seen(0.6, 22), "bytes": Seen(37, 4)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Prune, fine-tune, round and store; about 3 s a seed on one core."""
    points, sizes = Collector(), Collector()
    for seed in seeds:
        trained = train(seed)
        for level in LEVELS:
            model = globally(trained, level)
            fine_tune(model, seed)
            for layer, name in prunable(model):
                prune.remove(layer, name)
            for number, codes in (("float32", None), ("int8", int8_codes), ("int4", int4_codes)):
                restored = model if codes is None else _restored(model, codes)
                points.add(accuracy(restored), number, level)
            for form, size in bytes_by_format(model).items():
                sizes.add(size, form, level)
    return frame(seeds) | {
        "accuracy": points.summaries(),
        "bytes": sizes.summaries(),
        "group": GROUP,
        "levels": list(LEVELS),
        "versions": versions(),
    }


def int8_codes(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return codes -127..127 (out, in) and scales (out, 1)."""
    rows = weight.detach().flatten(1)
    return _codes(rows, 127)


def int4_codes(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return codes -7..7 (groups, 32), the last group filled up with zeros, and scales (groups, 1) in float16."""
    flat = weight.detach().flatten()
    groups = torch.nn.functional.pad(flat, (0, -len(flat) % GROUP)).view(-1, GROUP)
    codes, scales = _codes(groups, 7)
    return codes, scales.half()


def _codes(rows: Tensor, most: int) -> tuple[Tensor, Tensor]:
    largest = rows.abs().amax(1, keepdim=True)
    scales = torch.where(largest > 0, largest, torch.ones_like(largest)) / most
    return torch.clamp(torch.round(rows / scales), -most, most).to(torch.int8), scales


def _restored(model: SmallCNN, codes_of: Any) -> SmallCNN:
    rounded = copy.deepcopy(model)
    with torch.no_grad():
        for layer, _ in prunable(rounded):
            codes, scales = codes_of(layer.weight)
            values = (codes * scales.float()).flatten()[: layer.weight.numel()]
            layer.weight.copy_(values.view_as(layer.weight))
    return rounded


def bytes_by_format(model: SmallCNN) -> dict[str, int]:
    """Map each format to the bytes that weights and biases take."""
    layers = [layer for layer, _ in prunable(model)]
    biases = _raw(*(layer.bias for layer in layers))
    rows = sum(len(layer.weight) for layer in layers)
    left = sum(int(torch.count_nonzero(layer.weight)) for layer in layers)
    eights, fours = ([codes(layer.weight) for layer in layers] for codes in (int8_codes, int4_codes))
    left8 = sum(int(torch.count_nonzero(codes)) for codes, _ in eights)
    offsets = 4 * (rows + len(layers))
    dense = _raw(*(layer.weight for layer in layers)) + biases
    dense8 = _raw(*(tensor for pair in eights for tensor in pair)) + biases
    dense4 = b"".join(_nibbles(codes) + _raw(scales) for codes, scales in fours) + biases
    return {
        "float32": len(dense),
        "float32_zipped": len(zlib.compress(dense, 9)),
        "float32_csr": (4 + 4) * left + offsets + len(biases),
        "int8": len(dense8),
        "int8_zipped": len(zlib.compress(dense8, 9)),
        "int8_csr": (1 + 2) * left8 + offsets + 4 * rows + len(biases),
        "int4": len(dense4),
        "int4_zipped": len(zlib.compress(dense4, 9)),
    }


def _raw(*tensors: Tensor) -> bytes:
    return b"".join(tensor.detach().contiguous().numpy().tobytes() for tensor in tensors)


def _nibbles(codes: Tensor) -> bytes:
    pairs = (codes.numpy().astype(np.int16) & 15).astype(np.uint8).reshape(-1, 2)
    return bytes((pairs[:, 0] | pairs[:, 1] << 4).astype(np.uint8).tobytes())


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    size = {form: {level: data["bytes"][form][str(level)]["mean"] for level in LEVELS} for form in FORMATS}
    points = {n: {level: found["mean"] for level, found in by.items()} for n, by in data["accuracy"].items()}
    dense = points["float32"]["0"]
    return {
        "pruning leaves the dense bytes of every number format as they were": all(
            size[form][level] == size[form][0] for form in ("float32", "int8", "int4") for level in LEVELS
        ),
        "at 50 % CSR with 32-bit indices is no smaller than dense": size["float32_csr"][50] >= size["float32"][50],
        "beside int8, CSR with 16-bit indices is larger than dense at 50 %, and smaller at 80 %": (
            size["int8_csr"][50] > size["int8"][50] and size["int8_csr"][80] < size["int8"][80]
        ),
        "at 90 % zipped int8 is more than 15 times smaller than the dense float32 network": (
            size["float32"][90] > 15 * size["int8_zipped"][90]
        ),
        "zipped, the dense int8 codes are smaller than in CSR with 16-bit indices, at every level": all(
            size["int8_zipped"][level] < size["int8_csr"][level] for level in LEVELS
        ),
        "after pruning up to 90 % and fine-tuning, int8 is within half a point of float32, int4 within 1 point": all(
            points["float32"][level] - points["int8"][level] <= 0.5
            and points["float32"][level] - points["int4"][level] <= 1
            for level in ("50", "80", "90")
        ),
        "90 % pruned and in int8, the network is within 2 points of the unpruned one": dense - points["int8"]["90"] < 2,
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    size = {form: {level: data["bytes"][form][str(level)]["mean"] for level in LEVELS} for form in FORMATS}
    bars = [
        (
            label,
            f"accuracy {data['accuracy'][form.split('_')[0]]['90']['mean']} %",
            {"": size[form][90] / 1000},
        )
        for form, label in FORMATS.items()
    ]
    best = min(FORMATS, key=lambda form: size[form][90])
    reading = (
        f"With 90 % pruned, the same network takes {size['float32'][90] / 1000:.0f} kB stored densely in float32, "
        f"{size['int8'][90] / 1000:.0f} kB in int8, and {size[best][90] / 1000:.1f} kB as {FORMATS[best]}: only a "
        f"format that leaves out zeros turns pruning into bytes."
    )
    described = "; ".join(f"{label}: {sizes['']:.1f} kB, {second}" for label, second, sizes in bars)
    chart = bar_chart("Size with 90 % of the weights pruned, by format", f"{described}.", bars, "kB")
    rows = [
        [
            f"{level} %",
            label,
            grouped(round(size[form][level])),
            f"{size['float32'][0] / size[form][level]:.1f}",
            spread(data["accuracy"][form.split("_")[0]][str(level)]),
        ]
        for level in LEVELS
        for form, label in FORMATS.items()
    ]
    head = ["Pruned", "Stored as", "Bytes", "Times smaller", "Accuracy (%)"]
    numbers = table("Means of the seeds; accuracy with lowest to highest", head, rows)
    note = f"after {FINE_TUNING_EPOCHS} epochs of fine-tuning under the mask; 1 kB is 1000 bytes"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)
