"""How accuracy falls as more of the small CNN's weights are pruned, and what fine-tuning brings back.

Method. For each seed: train (15 epochs), then for each level zero the given share of all weights with the smallest
absolute values (global, unstructured L1; biases stay), measure, fine-tune for 3 epochs under the mask, measure. The
0 % row of the fine-tuned column is the control: three more epochs with nothing pruned.
Method after S. Han et al., Learning both Weights and Connections for Efficient Neural Networks, 2015, sections 3 and 4.

Spread is the lowest and the highest of the three seeds.

Tolerances, in percentage points of the mean over seeds. Another processor sums in another order, training amplifies
that, and the same seed ends in slightly other weights. To see how much, every initial weight was changed by about one
part in 10 million (float32's rounding) in ten reruns of the whole sweep, and once oneDNN's kernels were switched off.
Between any two of those runs the means were apart by at most: 0.5 points up to 70 %, 0.9 at 80 %, 2.9 at 90 %, 6.3 at
95 %; fine-tuned 0.3 points up to 90 %, 0.6 at 95 %. Each tolerance is about two to three times that. Wide ones say
little, so the sentences that pages rely on (`claims`) are checked against the fresh numbers as well.
"""

import copy
from typing import Any

from _cnn import EPOCHS, FINE_TUNING_EPOCHS, SEEDS, TEST_SIZE, SmallCNN, accuracy, fine_tune, prunable, train
from _figure import Line, figure, grouped, line_chart, literal, spread, table
from _numbers import apart, broken, changed, summary, versions
from torch import nn
from torch.nn.utils import prune

LEVELS = (0, 10, 30, 50, 70, 80, 90, 95)
TOLERANCES = {
    "pruned": {0: 1.0, 10: 1.0, 30: 1.0, 50: 1.0, 70: 1.0, 80: 2.5, 90: 7.0, 95: 15.0},
    "fine_tuned": {0: 1.0, 10: 1.0, 30: 1.0, 50: 1.0, 70: 1.0, 80: 1.0, 90: 1.0, 95: 1.5},
}
EXACT = ("epochs", "fine_tuning_epochs", "levels", "nonzero_weights", "parameters", "seeds", "test_images")


def build() -> dict[str, Any]:
    """Run the sweep for every seed; about 12 s on one core."""
    pruned: dict[str, list[float]] = {str(level): [] for level in LEVELS}
    fine_tuned: dict[str, list[float]] = {str(level): [] for level in LEVELS}
    nonzero: dict[str, int] = {}
    for seed in SEEDS:
        trained = train(seed)
        for level in LEVELS:
            model = pruned_copy(trained, level)
            nonzero[str(level)] = nonzero_weights(model)
            pruned[str(level)].append(accuracy(model))
            fine_tune(model, seed)
            fine_tuned[str(level)].append(accuracy(model))
    return {
        "accuracy": {
            "pruned": {level: summary(values) for level, values in pruned.items()},
            "fine_tuned": {level: summary(values) for level, values in fine_tuned.items()},
        },
        "epochs": EPOCHS,
        "fine_tuning_epochs": FINE_TUNING_EPOCHS,
        "levels": list(LEVELS),
        "nonzero_weights": nonzero,
        "parameters": sum(parameter.numel() for parameter in SmallCNN().parameters()),
        "seeds": list(SEEDS),
        "test_images": TEST_SIZE,
        "versions": versions(),
    }


def pruned_copy(trained: SmallCNN, level: int) -> SmallCNN:
    """Return a copy whose smallest `level` per cent of all weights are masked; `trained` stays as it is."""
    model = copy.deepcopy(trained)
    prune.global_unstructured(prunable(model), pruning_method=prune.L1Unstructured, amount=level / 100)
    return model


def nonzero_weights(model: nn.Module) -> int:
    """Count weights that the masks keep; biases are not counted."""
    return int(sum(mask.sum().item() for name, mask in model.named_buffers() if name.endswith("weight_mask")))


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see the module's tolerances."""
    problems = changed(recorded, fresh, EXACT)
    if problems:
        return problems
    for kind, by_level in TOLERANCES.items():
        for level, tolerance in by_level.items():
            old, new = (data["accuracy"][kind][str(level)] for data in (recorded, fresh))
            problems += apart(f"accuracy {kind} at {level} %", old, new, tolerance)
    return problems + broken(claims(fresh))


def claims(data: dict[str, Any]) -> dict[str, bool]:
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
    return {"precompute/figures/pruning-sweep.html": _figure(data), "snippets/pruning_sweep.py": _snippet(data)}


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
        x_label="weights pruned (%)",
        y_label="test accuracy (%)",
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
        '"""Recorded pruning sweep: per cent of weights pruned to test accuracy in per cent (500 digits, 3 seeds).\n\n'
        "PRUNED was measured right after global L1 pruning, FINE_TUNED after 3 more epochs under the mask.\n"
        'Written from precompute/records/pruning-sweep.json; do not edit by hand.\n"""\n\n'
        f"{literal('PRUNED', means(data, 'pruned'))}\n{literal('FINE_TUNED', means(data, 'fine_tuned'))}\n"
    )
