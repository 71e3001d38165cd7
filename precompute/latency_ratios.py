"""Does pruning make it faster? Dense, masked, sparse and really smaller, timed side by side in one run.

Method. Two dense layers of 1024 x 1024 with a ReLU between them, a batch of 64, float32, one thread. Variants:
*masked*: 90 % of the weights are zero in dense tensors; *sparse*: the same weights in CSR format; *smaller*: about 90
% of the weights are gone with their units (from 1024 to 324 inputs, hidden units and outputs). The small CNN
likewise, with 500 images: masked and with its units taken out (_pruning.py). The variants take turns within a round;
a round gives each one's ratio to the dense network of that round. Reported: median, lowest and highest of 15 rounds.
What is timed is the processor time of the one thread, so that other work on the machine counts as little as possible.

Only ratios are recorded, never times. Nothing else may run meanwhile (ALONE).

Tolerances: none for the ratios, which are not compared: how much faster is each machine's own. A fresh run is held
against the claims alone: which is faster, with wide margins. With other kernels (_numbers.py), beside much other work,
the masked variants took between 0.97 and 1.02 of the dense time, the layers with units taken out 0.1, and the CSR
format between 0.2 and 0.56.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import torch
from _chart import Axis, range_chart
from _cnn import SmallCNN, digits, prunable, repeatable
from _figure import claims_list, figure, table
from _numbers import Claims, broken, changed, versions
from _pruning import by_units, globally
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils import prune

NAME = "latency-ratios"
ALONE = True
ROUNDS = 15
WARM_UP = 3
LEVEL = 90
SIDE, SMALL_SIDE, BATCH = 1024, 324, 64
CASES = {
    "layers_masked": "two layers, masked",
    "layers_sparse": "two layers, CSR",
    "layers_smaller": "two layers, units taken out",
    "cnn_masked": "small CNN, masked",
    "cnn_smaller": "small CNN, units taken out",
}
EXACT = ("level", "rounds", "shapes")
TOLERANCE = "Tolerance: ratios are each machine's own and are not compared: there the sentences above have to hold."

Step = Callable[[], Tensor]


def build() -> dict[str, Any]:
    """Time all variants; about 10 s on one core."""
    with repeatable(0), torch.no_grad():
        ratios = _ratios("layers", _layers(), repeats=4) | _ratios("cnn", _networks(), repeats=4)
    return {
        "level": LEVEL,
        "ratios": {case: _middle(values) for case, values in ratios.items()},
        "rounds": ROUNDS,
        "shapes": {"batch": BATCH, "dense": [SIDE, SIDE], "smaller": [SMALL_SIDE, SMALL_SIDE]},
        "versions": versions(),
    }


def _layers() -> dict[str, Step]:
    first, second = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
    images = torch.randn(SIDE, BATCH)
    masked = [_masked(weight) for weight in (first, second)]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta", UserWarning)
        sparse = [weight.to_sparse_csr() for weight in masked]
    smaller = [weight[:SMALL_SIDE, :SMALL_SIDE].contiguous() for weight in (first, second)]
    few = images[:SMALL_SIDE].contiguous()
    return {
        "dense": lambda: second @ F.relu(first @ images),
        "masked": lambda: masked[1] @ F.relu(masked[0] @ images),
        "sparse": lambda: sparse[1] @ F.relu(sparse[0] @ images),
        "smaller": lambda: smaller[1] @ F.relu(smaller[0] @ few),
    }


def _masked(weight: Tensor) -> Tensor:
    threshold = weight.abs().flatten().kthvalue(weight.numel() * LEVEL // 100).values
    return torch.where(weight.abs() > threshold, weight, 0.0)


def _networks() -> dict[str, Step]:
    dense = SmallCNN()
    masked = globally(dense, LEVEL)
    for layer, name in prunable(masked):
        prune.remove(layer, name)  # the zeros stay, the product with the mask in each pass goes
    smaller, images = by_units(dense, LEVEL), digits().test_images
    return {"dense": lambda: dense(images), "masked": lambda: masked(images), "smaller": lambda: smaller(images)}


def _ratios(name: str, steps: dict[str, Step], repeats: int) -> dict[str, list[float]]:
    ratios: dict[str, list[float]] = {}
    for round_ in range(WARM_UP + ROUNDS):
        spent = {variant: _seconds(step, repeats) for variant, step in steps.items()}
        if round_ >= WARM_UP:
            for variant in list(steps)[1:]:
                ratios.setdefault(f"{name}_{variant}", []).append(spent[variant] / spent["dense"])
    return ratios


def _seconds(step: Step, repeats: int) -> float:
    start = time.thread_time()
    for _ in range(repeats):
        step()
    return time.thread_time() - start


def _middle(values: list[float]) -> dict[str, float]:
    ordered = sorted(round(value, 3) for value in values)
    return {"median": ordered[len(ordered) // 2], "low": ordered[0], "high": ordered[-1]}


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm: the claims alone, ratios are each machine's own."""
    return changed(recorded, fresh, EXACT) + broken(claims(fresh))


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    median = {case: found["median"] for case, found in data["ratios"].items()}
    return {
        "with nine of ten weights masked, two dense layers take between 0.75 and 1.33 of the time of before": (
            0.75 < median["layers_masked"] < 1.33
        ),
        "the masked CNN, too, takes between 0.75 and 1.33 of the time of before": 0.75 < median["cnn_masked"] < 1.33,
        "the layers with their units taken out take less than half of the time": median["layers_smaller"] < 0.5,
        "the CNN with its units taken out takes less than 0.8 of the time": median["cnn_smaller"] < 0.8,
        "taking units out is faster than the CSR format at the same number of weights": (
            median["layers_smaller"] < median["layers_sparse"]
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), TOLERANCE),
    }


def _figure(data: dict[str, Any]) -> str:
    found = data["ratios"]
    rows = [
        (f"{label}: {found[case]['median']}", found[case] | {"mean": found[case]["median"]})
        for case, label in CASES.items()
    ]
    end = max(1.5, -(-max(row["high"] for _, row in rows) // 0.5) * 0.5)
    axis = Axis(
        "time, as a share of the dense network's", {step / 2: f"{step / 2:g}" for step in range(int(end * 2) + 1)}
    )
    described = "; ".join(label for label, _ in rows)
    chart = range_chart("Time relative to the dense network", f"{described}.", rows, axis)
    reading = (
        f"With {data['level']} % of the weights masked, two layers take {found['layers_masked']['median']} of the time "
        f"of the dense ones; with units taken out {found['layers_smaller']['median']}; in CSR format, on this machine, "
        f"{found['layers_sparse']['median']}."
    )
    cells = [[label, *(str(found[case][key]) for key in ("median", "low", "high"))] for case, label in CASES.items()]
    numbers = table("Time relative to dense, in the same round", ["Variant", "Median", "Lowest", "Highest"], cells)
    note = f"{data['rounds']} rounds on one processor thread; ratios, not times, and this machine's own"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note.capitalize())
