"""A small student learns from the labels alone, or from a teacher's probabilities.

Method. For each seed: train the small CNN (15 epochs), the teacher. Then train students of two sizes from one and the
same start for 15 epochs, in the same order of images: from the labels; from labels smoothed by 0.1, the control for
softer targets without a teacher; from a tenth of the label loss and nine tenths of the teacher's softened
probabilities, with temperature 1 and 4. After G. Hinton et al., Distilling the Knowledge in a Neural Network, 2015,
section 2.

Tolerances: accuracy by the seeds' range and 1 point, for a run that rounds otherwise ends, at worst, like one with
another seed. Other kernels (_numbers.py) moved no mean by more than: accuracy by 0.3 points, 11 % of what is allowed.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from _chart import Axis, range_chart
from _cnn import EPOCHS, SEEDS, Loss, SmallCNN, accuracy, fit, frame, label_loss, repeatable, train
from _figure import claims_list, figure, grouped, spread, table
from _numbers import POINTS, Claims, Collector, Seen, compare, tolerated, versions
from torch import Tensor, nn
from torch.nn import functional as F

NAME = "distillation"
STUDENTS = {"middle": (8, 16, 32), "small": (4, 8, 16)}
LESSONS = {
    "labels": "labels alone",
    "smoothed": "smoothed labels",
    "cold": "teacher, temperature 1",
    "warm": "teacher, temperature 4",
}
EXACT = ("epochs", "parameters", "student_parameters", "test_images")
TOLERANCES = {"accuracy": POINTS}
SEEN = {"accuracy": Seen(0.3, 11)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Train teachers and students; about 9 s a seed on one core."""
    found = Collector()
    for seed in seeds:
        teacher = train(seed)
        found.add(accuracy(teacher), "teacher")
        lessons: dict[str, Loss] = {
            "labels": label_loss,
            "smoothed": _smoothed,
            "cold": partial(_taught, teacher, 1.0),
            "warm": partial(_taught, teacher, 4.0),
        }
        for size, widths in STUDENTS.items():
            for lesson, loss in lessons.items():
                with repeatable(seed):
                    student = SmallCNN(widths)
                    fit(student, EPOCHS, loss=loss)
                found.add(accuracy(student), size, lesson)
    return frame(seeds) | {
        "accuracy": found.summaries(),
        "epochs": EPOCHS,
        "student_parameters": {
            size: sum(p.numel() for p in SmallCNN(widths).parameters()) for size, widths in STUDENTS.items()
        },
        "versions": versions(),
    }


def _smoothed(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(model(images), labels, label_smoothing=0.1)


def _taught(teacher: nn.Module, temperature: float, model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    with torch.no_grad():
        wanted = F.log_softmax(teacher(images) / temperature, dim=1)
    logits = model(images)
    given = F.log_softmax(logits / temperature, dim=1)
    soft = temperature**2 * F.kl_div(given, wanted, reduction="batchmean", log_target=True)
    return 0.1 * F.cross_entropy(logits, labels) + 0.9 * soft


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, EXACT, TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the numbers support it."""
    teacher = data["accuracy"]["teacher"]["mean"]
    mean = {size: {lesson: data["accuracy"][size][lesson]["mean"] for lesson in LESSONS} for size in STUDENTS}
    taught = {size: max(mean[size]["cold"], mean[size]["warm"]) for size in STUDENTS}
    return {
        "the middle student, a quarter of the teacher's size, is within 3 points of it by labels alone": (
            teacher - mean["middle"]["labels"] < 3
        ),
        "the small student, less than a tenth of its size, is within 6 points of it by labels alone": (
            teacher - mean["small"]["labels"] < 6
        ),
        "the better of both temperatures wins less than 2 points over the labels alone": all(
            taught[size] - mean[size]["labels"] < 2 for size in STUDENTS
        ),
        "it wins less than 1 point over smoothed labels, which need no teacher": all(
            taught[size] - mean[size]["smoothed"] < 1 for size in STUDENTS
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
    counts = data["student_parameters"]
    rows = [("teacher", found["teacher"])] + [
        (f"{size} student: {label}", found[size][lesson]) for size in STUDENTS for lesson, label in LESSONS.items()
    ]
    floor = int(min(row["low"] for _, row in rows) // 5) * 5
    axis = Axis("test accuracy (%)", {value: str(value) for value in range(floor, 101, 5)})
    described = "; ".join(f"{label}: {row['mean']} %" for label, row in rows)
    chart = range_chart("Test accuracy of teacher and students", f"{described}.", rows, axis)
    middle, small = found["middle"], found["small"]
    reading = (
        f"With {grouped(counts['small'])} parameters the student reaches {small['labels']['mean']} % from labels and "
        f"{small['cold']['mean']} % from the teacher at temperature 1; with {grouped(counts['middle'])} parameters "
        f"{middle['labels']['mean']} % and {middle['cold']['mean']} %; smoothed labels, without a teacher, give "
        f"{small['smoothed']['mean']} % and {middle['smoothed']['mean']} %."
    )
    cells = [["teacher", "labels alone", grouped(data["parameters"]), spread(found["teacher"])]] + [
        [f"{size} student", label, grouped(counts[size]), spread(found[size][lesson])]
        for size in STUDENTS
        for lesson, label in LESSONS.items()
    ]
    head = ["Network", "Learns from", "Parameters", "Accuracy"]
    numbers = table("Accuracy in per cent: mean (lowest to highest)", head, cells)
    return figure(data, NAME, reading, f"{chart}\n{numbers}", "the lines reach from the lowest to the highest seed")
