"""How accuracy falls as more of the small CNN's weights are pruned, and what fine-tuning brings back.

Method. For each seed: train (15 epochs), then for each level zero the given share of all weights with the smallest
absolute values (global, unstructured L1; biases stay), measure, fine-tune for 3 epochs under the mask, measure. The
0 % row of the fine-tuned column is the control: three more epochs with nothing pruned.
Method after S. Han et al., Learning both Weights and Connections for Efficient Neural Networks, 2015, sections 3 and 4.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. The numbers of weights left must be equal. In ten reruns with three seeds, in which every initial weight
was changed by about one part in 10 million (float32's rounding), the means were apart by at most 0.5 points up to 70 %,
0.9 at 80 %, 2.9 at 90 %, 6.3 at 95 %; fine-tuned 0.3 points up to 90 %, 0.6 at 95 %. Other kernels (_numbers.py) moved
no mean by more than: accuracy by 5.2 points, 19 % of what is allowed.
"""

from collections.abc import Sequence
from typing import Any

from _chart import PERCENT_PRUNED, Line, line_chart
from _cnn import EPOCHS, FINE_TUNING_EPOCHS, SEEDS, accuracy, fine_tune, frame, train
from _figure import claims_list, figure, grouped, literal, spread, table
from _numbers import POINTS, Claims, Collector, Seen, compare, tolerated, versions
from _pruning import globally, weights_left

LEVELS = (0, 10, 30, 50, 70, 80, 90, 95)
EXACT = ("epochs", "fine_tuning_epochs", "levels", "nonzero_weights", "parameters", "test_images")
TOLERANCES = {"accuracy": POINTS}
SEEN = {"accuracy": Seen(5.2, 19)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Run the sweep; about 4 s a seed on one core."""
    found, nonzero = Collector(), {}
    for seed in seeds:
        trained = train(seed)
        for level in LEVELS:
            model = globally(trained, level)
            nonzero[str(level)] = weights_left(model)
            found.add(accuracy(model), "pruned", level)
            fine_tune(model, seed)
            found.add(accuracy(model), "fine_tuned", level)
    return frame(seeds) | {
        "accuracy": found.summaries(),
        "epochs": EPOCHS,
        "fine_tuning_epochs": FINE_TUNING_EPOCHS,
        "levels": list(LEVELS),
        "nonzero_weights": nonzero,
        "versions": versions(),
    }


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages and questions rely on, each with whether the numbers support it."""
    pruned, fine_tuned = means(data, "pruned"), means(data, "fine_tuned")
    dense = pruned[0]
    return {
        "pruning 10 % without fine-tuning costs less than 1 point": dense - pruned[10] < 1,
        "pruning 50 % without fine-tuning costs less than 2 points": dense - pruned[50] < 2,
        "pruning 50 % without fine-tuning costs less than the seeds differ": dense - pruned[50] < seed_range(data),
        "pruning 90 % without fine-tuning costs more than 10 points": dense - pruned[90] > 10,
        "pruning 95 % without fine-tuning costs more than 30 points": dense - pruned[95] > 30,
        "after fine-tuning, 90 % pruned is within 2 points of the unpruned network": dense - fine_tuned[90] < 2,
        "after fine-tuning, 95 % pruned is still more than 2 points below": dense - fine_tuned[95] > 2,
    }


def means(data: dict[str, Any], kind: str) -> dict[int, float]:
    """Map level in per cent to mean accuracy in per cent."""
    return {level: data["accuracy"][kind][str(level)]["mean"] for level in data["levels"]}


def seed_range(data: dict[str, Any]) -> float:
    """Return the points between the best and the worst seed at the level of 50 %, pruned only."""
    half = data["accuracy"]["pruned"]["50"]
    return float(half["high"] - half["low"])


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure that pages include, and the numbers that proofs read."""
    return {
        "precompute/figures/pruning-sweep.html": _figure(data),
        "precompute/figures/pruning-sweep-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
        "snippets/pruning_sweep.py": _snippet(data),
    }


def _figure(data: dict[str, Any]) -> str:
    pruned, fine_tuned = means(data, "pruned"), means(data, "fine_tuned")
    chart = line_chart(
        title="Test accuracy against the share of weights pruned",
        description=(
            f"Pruned only: {pruned[0]} % with nothing pruned, {pruned[50]} % at half, {pruned[80]} % at 80, "
            f"{pruned[90]} % at 90, {pruned[95]} % at 95 per cent. Fine-tuned: {fine_tuned[50]} % at half, "
            f"{fine_tuned[90]} % at 90, {fine_tuned[95]} % at 95 per cent."
        ),
        lines=[
            _line(data, "fine_tuned", f"then {data['fine_tuning_epochs']} epochs of fine-tuning"),
            _line(data, "pruned", "pruned only"),
        ],
        x_axis=PERCENT_PRUNED,
    )
    rows = [
        [
            f"{level} %",
            grouped(data["nonzero_weights"][str(level)]),
            *(spread(data["accuracy"][kind][str(level)]) for kind in ("pruned", "fine_tuned")),
        ]
        for level in data["levels"]
    ]
    numbers = table(
        "Accuracy in per cent: mean (lowest to highest)",
        ["Pruned", "Weights left", "Pruned only", "Fine-tuned"],
        rows,
    )
    reading = (
        f"Pruning half of the weights costs {pruned[0] - pruned[50]:.1f} points of accuracy, less than the seeds "
        f"differ among themselves; at 90 % accuracy falls to {pruned[90]} %, and "
        f"{data['fine_tuning_epochs']} epochs of fine-tuning bring it back to {fine_tuned[90]} %."
    )
    note = "the shaded bands reach from the lowest to the highest seed"
    return figure(data, "pruning-sweep", reading, f"{chart}\n{numbers}", note)


def _line(data: dict[str, Any], kind: str, label: str) -> Line:
    return Line(label, {level: data["accuracy"][kind][str(level)] for level in data["levels"]})


def _snippet(data: dict[str, Any]) -> str:
    return (
        '"""Recorded pruning sweep: per cent of weights pruned to test accuracy in per cent '
        f"(500 digits, {len(data['seeds'])} seeds).\n\n"
        "PRUNED was measured right after global L1 pruning, FINE_TUNED after 3 more epochs under the mask.\n"
        'Written from precompute/records/pruning-sweep.json; do not edit by hand.\n"""\n\n'
        f"{literal('PRUNED', means(data, 'pruned'))}\n{literal('FINE_TUNED', means(data, 'fine_tuned'))}\n"
    )
