"""Which weights to prune: by one threshold, layer by layer, in whole channels and neurons, or by chance.

Method. For each seed: train (15 epochs); for each kind and level prune a copy, measure, fine-tune for 3 epochs,
measure. The kinds keep about equally many weights (_pruning.py); `random` is the control: what any pruning costs,
however the weights are chosen. Whole channels and neurons are really taken out, biases included. Kinds after D.
Blalock et al., What is the State of Neural Network Pruning?, 2020, section 2; H. Li et al., Pruning Filters for
Efficient ConvNets, 2017, section 3.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. The numbers of weights left must be equal. Other kernels (_numbers.py) moved no mean by more than:
accuracy by 5.2 points, 28 % of what is allowed.
"""

from collections.abc import Callable, Sequence
from typing import Any

from _chart import PERCENT_PRUNED, Line, line_chart
from _cnn import SEEDS, SmallCNN, accuracy, fine_tune, frame, train
from _figure import claims_list, figure, grouped, spread, table
from _numbers import POINTS, Claims, Collector, Seen, compare, tolerated, versions
from _pruning import at_random, by_layer, by_units, globally, weights_left

NAME = "pruning-kinds"
LEVELS = (30, 50, 70, 80, 90, 95)
KINDS: dict[str, tuple[str, Callable[[SmallCNN, int, int], SmallCNN]]] = {
    "global": ("smallest of all layers", lambda model, level, _: globally(model, level)),
    "layer": ("smallest of each layer", lambda model, level, _: by_layer(model, level)),
    "units": ("weakest channels and neurons", lambda model, level, _: by_units(model, level)),
    "random": ("random weights of each layer", at_random),
}
EXACT = ("levels", "parameters", "test_images", "weights_left")
TOLERANCES = {"accuracy": POINTS}
SEEN = {"accuracy": Seen(5.2, 28)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Prune in all ways; about 9 s a seed on one core."""
    found = Collector()
    left: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for seed in seeds:
        trained = train(seed)
        found.add(accuracy(trained), "trained")
        for kind, (_, pruned) in KINDS.items():
            for level in LEVELS:
                model = pruned(trained, level, seed)
                left[kind][str(level)] = weights_left(model)
                found.add(accuracy(model), "pruned", kind, level)
                fine_tune(model, seed)
                found.add(accuracy(model), "fine_tuned", kind, level)
    return frame(seeds) | {
        "accuracy": found.summaries(),
        "levels": list(LEVELS),
        "versions": versions(),
        "weights_left": left,
    }


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    dense = data["accuracy"]["trained"]["mean"]

    def lost(kind: str, level: int, step: str = "fine_tuned") -> float:
        return float(dense - data["accuracy"][step][kind][str(level)]["mean"])

    by_size = ("global", "layer", "units")
    return {
        "after fine-tuning, 50 % pruned costs less than 1 point in each kind that goes by size": all(
            lost(kind, 50) < 1 for kind in by_size
        ),
        "before fine-tuning, pruning 50 % by chance costs more than 20 points, by one threshold less than 2": (
            lost("random", 50, "pruned") > 20 and lost("global", 50, "pruned") < 2
        ),
        "after fine-tuning, 90 % pruned costs less than 2 points with one threshold for all layers": (
            lost("global", 90) < 2
        ),
        "after fine-tuning, 90 % pruned costs more than 5 points with a threshold for each layer": lost("layer", 90)
        > 5,
        "at 90 %, fine-tuned, taking out whole units beats single weights layer by layer by more than 5 points": (
            lost("layer", 90) - lost("units", 90) > 5
        ),
        "at 80 % without fine-tuning, single weights by one threshold beat whole units by more than 3 points": (
            lost("units", 80, "pruned") - lost("global", 80, "pruned") > 3
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    points = data["accuracy"]
    at90 = {kind: points["fine_tuned"][kind]["90"]["mean"] for kind in KINDS}
    before, after = (_chart(data, step, words) for step, words in STEPS.items())
    reading = (
        f"With nine of ten weights gone and 3 epochs of fine-tuning, one threshold for all layers keeps "
        f"{at90['global']} %, whole channels and neurons {at90['units']} %, a threshold for each layer "
        f"{at90['layer']} %, and chance {at90['random']} %."
    )
    rows = [
        [
            f"{level} %",
            label,
            grouped(data["weights_left"][kind][str(level)]),
            *(spread(points[step][kind][str(level)]) for step in STEPS),
        ]
        for level in data["levels"]
        for kind, (label, _) in KINDS.items()
    ]
    head = ["Pruned", "Which weights go", "Weights left", "Pruned only", "Fine-tuned"]
    numbers = table("Accuracy in per cent: mean (lowest to highest)", head, rows)
    body = f"<p>Pruned only:</p>\n{before}\n<p>After 3 epochs of fine-tuning:</p>\n{after}\n{numbers}"
    return figure(data, NAME, reading, body, "the shaded bands reach from the lowest to the highest seed")


STEPS = {"pruned": "pruned only", "fine_tuned": "pruned and fine-tuned for 3 epochs"}


def _chart(data: dict[str, Any], step: str, words: str) -> str:
    dense = data["accuracy"]["trained"]
    found = data["accuracy"][step]
    lines = [
        Line(label, {0: dense} | {level: found[kind][str(level)] for level in data["levels"]})
        for kind, (label, _) in KINDS.items()
    ]
    described = "; ".join(
        f"{label}: {found[kind]['50']['mean']} % at 50, {found[kind]['90']['mean']} % at 90 per cent pruned"
        for kind, (label, _) in KINDS.items()
    )
    return line_chart(f"Test accuracy, {words}", f"{described}.", lines, PERCENT_PRUNED)
