"""Is it the mask or the start? Train a pruned network from its own beginning, from another one, and with a random mask.

Method. For each seed: initialise, train (15 epochs), mask the smallest weights globally. Then train three networks
for 15 epochs, in the same order of images: the *winning ticket* (this mask, this seed's initial weights), *another
start* (this mask, other initial weights) and a *random mask* (equally many weights of each layer, this seed's initial
weights). Measured after 2 epochs and after all 15. After J. Frankle, M. Carbin, The Lottery Ticket Hypothesis, 2019,
section 2 (one-shot); the random mask keeps each layer's share, so what is compared is the choice within a layer.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Other kernels (_numbers.py) moved no mean by more than: accuracy by 8 points, 48 % of what is allowed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from _chart import Axis, Line, line_chart
from _cnn import EPOCHS, SEEDS, SmallCNN, accuracy, fit, frame, prunable, repeatable, train
from _figure import claims_list, figure, spread, table
from _numbers import POINTS, Claims, Collector, Seen, compare, tolerated, versions
from _pruning import globally
from torch import Tensor
from torch.nn.utils import prune

NAME = "lottery-ticket"
LEVELS = (80, 90, 95)
EARLY = 2
OTHER_START = 100
KINDS = {
    "ticket": "winning ticket",
    "restart": "its mask, another start",
    "random": "random mask of the same shares",
}
EXACT = ("early_epochs", "epochs", "levels", "parameters", "test_images")
TOLERANCES = {"accuracy": POINTS}
SEEN = {"accuracy": Seen(8, 48)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Train all tickets; about 15 s a seed on one core."""
    found = Collector()
    for seed in seeds:
        trained = train(seed)
        found.add(accuracy(trained), "trained")
        for level in LEVELS:
            masks = [layer.weight_mask for layer, _ in prunable(globally(trained, level))]
            for kind, start, chosen in _tickets(seed, masks):
                found.add(_accuracy_after(EARLY, seed, start, chosen), "early", kind, level)
                found.add(_accuracy_after(EPOCHS, seed, start, chosen), "full", kind, level)
    return frame(seeds) | {
        "accuracy": found.summaries(),
        "early_epochs": EARLY,
        "epochs": EPOCHS,
        "levels": list(LEVELS),
        "versions": versions(),
    }


def _tickets(seed: int, masks: list[Tensor]) -> Iterator[tuple[str, int, list[Tensor]]]:
    yield "ticket", seed, masks
    yield "restart", seed + OTHER_START, masks
    with repeatable(seed):
        shuffled = [mask.flatten()[torch.randperm(mask.numel())].view_as(mask) for mask in masks]
    yield "random", seed, shuffled


def _accuracy_after(epochs: int, seed: int, start: int, masks: list[Tensor]) -> float:
    with repeatable(start):
        initial = SmallCNN()
    with repeatable(seed):
        model = SmallCNN()  # takes as much from the generator as `train` does: the same order of images follows
        model.load_state_dict(initial.state_dict())
        for (layer, name), mask in zip(prunable(model), masks, strict=True):
            prune.custom_from_mask(layer, name, mask)
        fit(model, epochs)
    return accuracy(model)


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    full, early = (
        {kind: {level: data["accuracy"][when][kind][str(level)]["mean"] for level in LEVELS} for kind in KINDS}
        for when in ("full", "early")
    )
    dense = data["accuracy"]["trained"]["mean"]
    return {
        "a winning ticket with 10 % of the weights ends within 2 points of the dense network": (
            dense - full["ticket"][90] < 2
        ),
        "with 5 % of the weights a winning ticket ends above the same mask from another start": (
            full["ticket"][95] > full["restart"][95]
        ),
        "with 5 % of the weights a random mask ends more than 1 point below the winning ticket": (
            full["ticket"][95] - full["random"][95] > 1
        ),
        "from another start the mask is at no level more than 1.5 points better than a random one": all(
            full["restart"][level] - full["random"][level] <= 1.5 for level in LEVELS
        ),
        "after 2 epochs the winning ticket is ahead of both others at every level": all(
            early["ticket"][level] > max(early["restart"][level], early["random"][level]) for level in LEVELS
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    full, early = data["accuracy"]["full"], data["accuracy"]["early"]
    lines = [
        Line(label, {place: full[kind][str(level)] for place, level in enumerate(LEVELS)})
        for kind, label in KINDS.items()
    ]
    at95 = {kind: full[kind]["95"]["mean"] for kind in KINDS}
    reading = (
        f"With 5 % of the weights, trained from the beginning, the winning ticket reaches {at95['ticket']} %, its mask "
        f"from another start {at95['restart']} %, and a random mask {at95['random']} %; the dense network has "
        f"{data['accuracy']['trained']['mean']} %."
    )
    described = "; ".join(
        f"{label}: " + ", ".join(f"{full[kind][str(level)]['mean']} % at {level}" for level in LEVELS)
        for kind, label in KINDS.items()
    )
    x_axis = Axis("weights pruned (%)", {place: str(level) for place, level in enumerate(LEVELS)})
    chart = line_chart("Test accuracy of sparse networks trained anew", f"{described} per cent.", lines, x_axis)
    rows = [
        [f"{level} %", label, spread(early[kind][str(level)]), spread(full[kind][str(level)])]
        for level in LEVELS
        for kind, label in KINDS.items()
    ]
    head = ["Pruned", "Network", f"After {EARLY} epochs", f"After {EPOCHS} epochs"]
    numbers = table("Accuracy in per cent: mean (lowest to highest)", head, rows)
    return figure(data, NAME, reading, f"{chart}\n{numbers}", "the bands reach from the lowest to the highest seed")
