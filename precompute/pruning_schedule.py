"""All at once, or step by step: the same level reached in one step or in four, with equally long fine-tuning.

Method. For each seed: train (15 epochs). One-shot: prune globally by L1 to the level, fine-tune 3 epochs. One-shot,
long: the same with 12 epochs. Iterative: four rounds of pruning and 3 epochs, each round keeping the same share of
what is left. Long and iterative train equally long, which the usual comparison forgets. Every 3 epochs Adam starts
afresh, in the long run too. After S. Han et al., Learning both Weights and Connections for Efficient Neural Networks,
2015, section 3.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Other kernels (_numbers.py) moved no mean by more than: accuracy by 7.1 points, 23 % of what is allowed.
"""

from collections.abc import Sequence
from typing import Any

from _chart import Axis, Line, accuracy_axis, line_chart
from _cnn import FINE_TUNING_EPOCHS, SEEDS, SmallCNN, accuracy, fine_tune, frame, prunable, train
from _figure import claims_list, figure, spread, table
from _numbers import POINTS, Claims, Collector, Seen, compare, tolerated, versions
from _pruning import globally
from torch.nn.utils import prune

NAME = "pruning-schedule"
LEVELS = (90, 95, 98)
ROUNDS = 4
SCHEDULES = {
    "iterative": "4 steps of 3 epochs",
    "long": "one step, then 12 epochs",
    "short": "one step, then 3 epochs",
}
EXACT = ("levels", "parameters", "rounds", "test_images")
TOLERANCES = {"accuracy": POINTS}
SEEN = {"accuracy": Seen(7.1, 23)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Prune by all schedules; about 8 s a seed on one core."""
    found = Collector()
    for seed in seeds:
        trained = train(seed)
        found.add(accuracy(trained), "trained")
        for level in LEVELS:
            model = globally(trained, level)
            for round_ in range(ROUNDS):
                fine_tune(model, _order(seed, round_))
                if round_ == 0:
                    found.add(accuracy(model), "short", level)
            found.add(accuracy(model), "long", level)
            found.add(accuracy(_iterative(trained, level, seed)), "iterative", level)
    return frame(seeds) | {
        "accuracy": found.summaries(),
        "levels": list(LEVELS),
        "rounds": ROUNDS,
        "versions": versions(),
    }


def _iterative(trained: SmallCNN, level: int, seed: int) -> SmallCNN:
    model = trained
    for round_ in range(ROUNDS):
        left = (1 - level / 100) ** ((round_ + 1) / ROUNDS)
        model = globally(model, 100 * (1 - left))  # what is masked already has the size 0 and goes first
        fine_tune(model, _order(seed, round_))
        for layer, name in prunable(model):
            prune.remove(layer, name)
    return model


def _order(seed: int, round_: int) -> int:
    return seed + 1000 * round_  # each round shuffles the images anew


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    mean = {s: {level: data["accuracy"][s][str(level)]["mean"] for level in LEVELS} for s in SCHEDULES}
    return {
        "at 90 % the three schedules end within 2 points of each other": (
            max(mean[s][90] for s in SCHEDULES) - min(mean[s][90] for s in SCHEDULES) < 2
        ),
        "at 95 % longer fine-tuning after one step wins more than 1 point": mean["long"][95] - mean["short"][95] > 1,
        "at 95 and 98 % four steps beat one step with a quarter of their fine-tuning by more than 2 points": all(
            mean["iterative"][level] - mean["short"][level] > 2 for level in (95, 98)
        ),
        "at 95 % four steps do not beat one step with equally long fine-tuning": (
            mean["iterative"][95] <= mean["long"][95]
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    found = data["accuracy"]
    lines = [
        Line(label, {place: found[s][str(level)] for place, level in enumerate(LEVELS)})
        for s, label in SCHEDULES.items()
    ]
    at95, at98 = ({s: found[s][level]["mean"] for s in SCHEDULES} for level in ("95", "98"))
    reading = (
        f"At 95 % four steps reach {at95['iterative']} % and one step with equally long fine-tuning {at95['long']} %; "
        f"at 98 % it is {at98['iterative']} % against {at98['long']} %."
    )
    described = "; ".join(
        f"{label}: " + ", ".join(f"{found[s][str(level)]['mean']} % at {level}" for level in LEVELS)
        for s, label in SCHEDULES.items()
    )
    x_axis = Axis("weights pruned (%)", {place: str(level) for place, level in enumerate(LEVELS)})
    chart = line_chart("Test accuracy by schedule", f"{described} per cent.", lines, x_axis, accuracy_axis(lines))
    rows = [[f"{level} %", label, spread(found[s][str(level)])] for level in LEVELS for s, label in SCHEDULES.items()]
    numbers = table("Accuracy in per cent: mean (lowest to highest)", ["Pruned", "Schedule", "Accuracy"], rows)
    note = f"{FINE_TUNING_EPOCHS} epochs between two steps; the bands reach from the lowest to the highest seed"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)
