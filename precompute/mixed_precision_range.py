"""Where 16-bit floats fail in training: vanishing gradients, vanishing squares, weights that do not move, overflow.

Method. For each seed: train (15 epochs), take the gradient of all weights for each of 8 batches of 32 training images
in float32. Of its non-zero entries, counted per cent in each format: the gradient that becomes 0; the squared
gradient that becomes 0 (Adam's second moment keeps it); the weight that, stored in that format, does not change in a
step of SGD with rate 0.01; the gradient that becomes infinite when the loss is scaled by 2 to the 24th. What is
tested is the formats' range and spacing; a real backward pass in 16 bits rounds its intermediate results as well.
After P. Micikevicius et al., Mixed Precision Training, 2018, sections 3.1 and 3.2.

Tolerances: shares of entries by the seeds' range and 3 points, for they follow the gradients of a trained network,
which are small and differ with every training. Other kernels (_numbers.py) moved no mean by more than: share of the
entries by 2.1 points, 11 % of what is allowed.
"""

from collections.abc import Sequence
from typing import Any

import torch
from _chart import Axis, range_chart
from _cnn import BATCH, SEEDS, SmallCNN, digits, frame, label_loss, repeatable, train
from _figure import claims_list, figure, spread, table
from _numbers import Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from torch import Tensor

NAME = "mixed-precision-range"
BATCHES = 8
RATE = 0.01
FORMATS = {"float16": torch.float16, "bfloat16": torch.bfloat16}
FAILURES = {
    "gradient": "gradient becomes 0",
    "square": "squared gradient becomes 0",
    "step": "weight does not move",
    "overflow": "infinite at loss scale 2^24",
}
EXACT = ("batches", "parameters", "rate", "test_images")
TOLERANCES = {"failed": Tolerance(least=3.0, label="share of the entries")}
SEEN = {"failed": Seen(2.1, 11)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Count what each format loses; about 2 s a seed on one core."""
    failed = Collector()
    for seed in seeds:
        gradient, weight = _pairs(train(seed), seed)
        for name, form in FORMATS.items():
            failed.add(_per_cent(gradient.to(form) == 0), "gradient", name)
            failed.add(_per_cent(gradient.square().to(form) == 0), "square", name)
            stored = weight.to(form)
            failed.add(_per_cent((stored.float() - RATE * gradient).to(form) == stored), "step", name)
            failed.add(_per_cent((gradient * 2.0**24).to(form).isinf()), "overflow", name)
    return frame(seeds) | {
        "batches": BATCHES,
        "failed": failed.summaries(),
        "rate": RATE,
        "versions": versions(),
    }


def _pairs(model: SmallCNN, seed: int) -> tuple[Tensor, Tensor]:
    """Return the non-zero entries of the gradients of all batches, and their weights."""
    data, gradients, weights = digits(), [], []
    weight = torch.cat([p.detach().flatten() for p in model.parameters()])
    with repeatable(seed):
        for chosen in torch.arange(BATCHES * BATCH).split(BATCH):
            model.zero_grad()
            label_loss(model, data.train_images[chosen], data.train_labels[chosen]).backward()
            gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
            gradients.append(gradient[gradient != 0])
            weights.append(weight[gradient != 0])
    return torch.cat(gradients), torch.cat(weights)


def _per_cent(hit: Tensor) -> float:
    return round(100 * hit.double().mean().item(), 1)


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    mean = {failure: {f: found["mean"] for f, found in by.items()} for failure, by in data["failed"].items()}
    return {
        "of this network's gradients float16 turns less than 10 % into zeros, without any loss scale": (
            mean["gradient"]["float16"] < 10
        ),
        "of their squares it turns more than a quarter into zeros": mean["square"]["float16"] > 25,
        "bfloat16 turns less than 1 % of gradients or squares into zeros": (
            max(mean["gradient"]["bfloat16"], mean["square"]["bfloat16"]) < 1
        ),
        "stored in bfloat16 more than nine of ten weights do not move": mean["step"]["bfloat16"] > 90,
        "stored in float16 fewer of them stay where they are than in bfloat16": (
            mean["step"]["float16"] < mean["step"]["bfloat16"]
        ),
        "with a loss scale of 2 to the 24th some entries overflow in float16 and none in bfloat16": (
            mean["overflow"]["float16"] > 0 and mean["overflow"]["bfloat16"] == 0
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    failed = data["failed"]
    rows = [
        (f"{label}, {name}: {failed[failure][name]['mean']} %", failed[failure][name])
        for failure, label in FAILURES.items()
        for name in FORMATS
    ]
    axis = Axis("entries (%)", {value: str(value) for value in range(0, 101, 20)})
    described = "; ".join(label for label, _ in rows)
    chart = range_chart("What 16-bit formats lose of gradients and steps", f"{described}.", rows, axis)
    reading = (
        f"In float16 {failed['gradient']['float16']['mean']} % of the gradient's entries become 0, and "
        f"{failed['square']['float16']['mean']} % of their squares; in bfloat16 hardly any, but there "
        f"{failed['step']['bfloat16']['mean']} % of the weights do not move in a small step."
    )
    cells = [[label, *(spread(failed[failure][name]) for name in FORMATS)] for failure, label in FAILURES.items()]
    numbers = table("Per cent of the non-zero entries: mean (lowest to highest)", ["What fails", *FORMATS], cells)
    note = f"gradients of {data['batches']} batches after training, step of SGD with rate {data['rate']}"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)
