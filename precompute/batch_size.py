"""Larger batches: steadier gradients, and fewer steps.

Method. Noise: for each seed train for 3 epochs; take the gradient of all weights for 100 random batches of each size
(drawn with replacement) and the gradient of the whole training set; the noise is the root of the mean squared
distance between the two, relative to the length of the second. Prediction: the noise of single images over the square
root of the batch size. Training: for each batch size train a new network for 15 epochs at one and the same learning
rate. After I. Goodfellow et al., Deep Learning, 2016, section 8.1.3.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Noise by the seeds' range, 0.05 and a fifth of the mean, for a distance averaged over 100 draws is
uncertain by about a tenth of itself. Other kernels (_numbers.py) moved no mean by more than: accuracy by 0.2 points, 9
% of what is allowed; noise by 0.122 of the gradient's length, 2 % of what is allowed.
"""

from collections.abc import Sequence
from typing import Any

import torch
from _chart import Axis, Line, line_chart
from _cnn import EPOCHS, SEEDS, SmallCNN, accuracy, digits, fit, frame, label_loss, repeatable, train
from _figure import claims_list, figure, spread, table
from _numbers import POINTS, Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from torch import Tensor

NAME = "batch-size"
SIZES = (1, 4, 16, 64, 256)
TRAINING_SIZES = (16, 64, 256)
DRAWS = 100
EARLY_EPOCHS = 3
EXACT = ("draws", "epochs", "parameters", "sizes", "test_images", "training_sizes")
# The distance itself is a mean over 100 draws, uncertain by about a tenth of itself.
TOLERANCES = {"accuracy": POINTS, "noise": Tolerance(least=0.05, share=0.2, unit="of the gradient's length", digits=3)}
SEEN = {"accuracy": Seen(0.2, 9), "noise": Seen(0.122, 2)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Measure noise and train with each batch size; about 8 s a seed on one core."""
    noise, points = Collector(), Collector()
    for seed in seeds:
        model = train(seed, epochs=EARLY_EPOCHS)
        with repeatable(seed):
            whole = _gradient(model, torch.arange(len(digits().train_labels)))
            for size in SIZES:
                noise.add(_noise(model, whole, size), size)
        for size in TRAINING_SIZES:
            with repeatable(seed):
                model = SmallCNN()
                fit(model, EPOCHS, batch=size)
            points.add(accuracy(model), size)
    return frame(seeds) | {
        "accuracy": points.summaries(),
        "draws": DRAWS,
        "epochs": EPOCHS,
        "noise": noise.summaries(digits=3),
        "sizes": list(SIZES),
        "training_sizes": list(TRAINING_SIZES),
        "versions": versions(),
    }


def _noise(model: SmallCNN, whole: Tensor, size: int) -> float:
    squares = []
    for _ in range(DRAWS):
        chosen = torch.randint(len(digits().train_labels), (size,))
        squares.append((_gradient(model, chosen) - whole).square().sum())
    return round((torch.stack(squares).mean().sqrt() / whole.norm()).item(), 3)


def _gradient(model: SmallCNN, chosen: Tensor) -> Tensor:
    data = digits()
    model.zero_grad()
    label_loss(model, data.train_images[chosen], data.train_labels[chosen]).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    noise = {size: data["noise"][str(size)]["mean"] for size in SIZES}
    points = {size: data["accuracy"][str(size)]["mean"] for size in TRAINING_SIZES}
    return {
        "with four times the batch the noise falls to between 0.35 and 0.7 of what it was, half being predicted": all(
            0.35 < noise[4 * size] / noise[size] < 0.7 for size in SIZES[:-1]
        ),
        "the gradient of a single image is further from the whole than the whole is long": noise[1] > 1,
        "at the same epochs and learning rate, batches of 256 end below batches of 16": points[256] < points[16],
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN)),
    }


def _figure(data: dict[str, Any]) -> str:
    noise, points = data["noise"], data["accuracy"]
    predicted = {size: round(noise["1"]["mean"] / size**0.5, 3) for size in SIZES}
    lines = [
        Line("measured", {place: noise[str(size)] for place, size in enumerate(SIZES)}),
        Line(
            "noise of one image / √batch",
            {place: dict.fromkeys(("mean", "low", "high"), predicted[size]) for place, size in enumerate(SIZES)},
        ),
    ]
    top = int(noise["1"]["high"]) + 1
    step = 1 if top <= 6 else 2 if top <= 12 else 5
    y_axis = Axis("noise over length of the gradient", {value: str(value) for value in range(0, top + step, step)})
    x_axis = Axis("images in a batch", {place: str(size) for place, size in enumerate(SIZES)})
    described = "; ".join(f"{size} images: {noise[str(size)]['mean']}, predicted {predicted[size]}" for size in SIZES)
    chart = line_chart("Gradient noise against batch size", f"{described}.", lines, x_axis, y_axis)
    reading = (
        f"From 16 to 64 images the gradient's noise falls from {noise['16']['mean']} to {noise['64']['mean']} of its "
        f"length, half as predicted; but in {data['epochs']} epochs at one learning rate, batches of 16 reach "
        f"{points['16']['mean']} % and batches of 256 only {points['256']['mean']} %."
    )
    rows = [
        [
            str(size),
            spread(noise[str(size)]),
            str(predicted[size]),
            spread(points[str(size)]) if str(size) in points else "not trained",
        ]
        for size in SIZES
    ]
    head = ["Batch", "Noise", "Predicted", f"Accuracy after {data['epochs']} epochs (%)"]
    numbers = table("Mean (lowest to highest) of the seeds", head, rows)
    note = f"{data['draws']} batches of each size; the band reaches from the lowest to the highest seed"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)
