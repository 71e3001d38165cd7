"""The cheat sheet's figures on training: learning rate, fitting, optimizers.

Method. *Rate*: a network of 64, 32 and 10 units learns the first 1 000 training digits by plain SGD, batches of 32, 5
epochs; accuracy on the other 297. *Fitting*: polynomials of each degree are fitted by least squares to 20 points of a
noisy wave, 100 times a seed; medians of the root mean squared errors there and on 500 new points. *Optimizers*: 100
steps from (1, 1) in the valley (x^2 + 100 y^2) / 2 with each rate; Adam once more with the valley turned by 45 degrees;
the geometric mean of the last 20 losses. These are held only by the claims.

Sources: I. Goodfellow et al., Deep Learning, 2016, sections 5.2, 8.3 and 11.4; D. Kingma, J. Ba, Adam, 2015, section 2.

Tolerances: accuracy by the seeds' range and 4 points, for the set that it is taken on has 297 digits, and at the edge
of divergence few steps decide. Errors of the polynomials by the seeds' range, 0.01 and 3 %, for least squares of degree
9 with 20 points are badly conditioned, and LAPACKs differ. Optimizers: the claims alone, for above its limit a rate
gives no number. With other kernels (_numbers.py) all means were the same to the last digit.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from _chart import Axis
from _cnn import SEEDS, digits, repeatable
from _figure import claims_list, figure, spread, table
from _numbers import Claims, Collector, Seen, Tolerance, compare, tolerated, versions
from _panel import Curve, decades, panel
from torch import Tensor, nn

NAME = "cheat-training"
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
DEGREES = tuple(range(1, 10))
NOISE = 0.3
STEPS = 100
OPTIMIZERS = ("SGD", "momentum", "Adam", "Adam, turned")
STEP_RATES = tuple(round(10 ** (power / 4), 4) for power in range(-12, 1))
TOLERANCES = {
    "rate": Tolerance(least=4.0, label="accuracy"),
    "fit": Tolerance(least=0.01, share=0.03, unit="", digits=3, label="error of the polynomials"),
}
SEEN = {"rate": Seen(0, 0), "fit": Seen(0, 0)}


def build(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """Compute all three; about 1 s a seed on one core."""
    rate, fit = Collector(), Collector()
    for seed in seeds:
        for value in RATES:
            rate.add(_accuracy(value, seed), f"{value:g}")
        for degree, errors in _errors(seed).items():
            for where, error in errors.items():
                fit.add(error, where, degree)
    return {
        "fit": fit.summaries(3),
        "optimizers": {name: _ends(name) for name in OPTIMIZERS},
        "rate": rate.summaries(),
        "seeds": list(seeds),
        "versions": versions(),
    }


def _accuracy(rate: float, seed: int) -> float:
    data = digits()
    images, labels = data.train_images.flatten(1), data.train_labels
    with repeatable(seed):
        model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
        for _ in range(5):
            for chosen in torch.randperm(1000).split(32):
                model.zero_grad()
                nn.functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
                with torch.no_grad():
                    for weight in model.parameters():
                        weight.sub_(rate * weight.grad)
        with torch.no_grad():
            right = model(images[1000:]).argmax(1) == labels[1000:]
    return round(100 * right.double().mean().item(), 1)


def _errors(seed: int) -> dict[int, dict[str, float]]:
    """Return for each degree the median errors over 100 of the 300 samples of 20 points."""
    found: dict[int, dict[str, list[float]]] = {degree: {"training": [], "new": []} for degree in DEGREES}
    for sample in range(100):
        rng = np.random.default_rng([seed, sample])
        x = np.concatenate([rng.uniform(-1, 1, 20), rng.uniform(-1, 1, 500)])
        y = np.sin(np.pi * x) + NOISE * rng.normal(size=520)
        for degree, errors in found.items():
            terms = np.polynomial.legendre.legvander(x, degree)
            miss = terms @ np.linalg.lstsq(terms[:20], y[:20], rcond=None)[0] - y
            errors["training"].append(float(np.sqrt(np.mean(miss[:20] ** 2))))
            errors["new"].append(float(np.sqrt(np.mean(miss[20:] ** 2))))
    return {d: {where: round(float(np.median(all_)), 3) for where, all_ in e.items()} for d, e in found.items()}


def _ends(name: str) -> dict[str, float | None]:
    """Return for each rate the geometric mean of the last 20 losses, None where they are above the first."""
    found = {}
    for rate in STEP_RATES:
        losses = _losses(name, rate)
        end = float(np.exp(np.mean(np.log(losses[-20:]))))
        found[f"{rate:g}"] = float(f"{end:.2g}") if end < losses[0] else None
    return found


def _losses(name: str, rate: float) -> list[float]:
    start = torch.tensor([1.0, 1.0], dtype=torch.float64)
    half = 0.5**0.5
    turn = torch.tensor([[half, -half], [half, half]] if name.endswith("turned") else [[1.0, 0.0], [0.0, 1.0]])
    turn = turn.double()
    weights = (turn.T @ start).requires_grad_()
    optimizer: torch.optim.Optimizer
    if name.startswith("Adam"):
        optimizer = torch.optim.Adam([weights], lr=rate)
    else:
        optimizer = torch.optim.SGD([weights], lr=rate, momentum=0.9 if name == "momentum" else 0.0)
    losses: list[float] = []
    while len(losses) <= STEPS and (not losses or losses[-1] < 1e9):
        loss = _valley(turn @ weights)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def _valley(at: Tensor) -> Tensor:
    return (at[0] ** 2 + 100 * at[1] ** 2) / 2


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm; see _numbers."""
    return compare(recorded, fresh, (), TOLERANCES, claims)


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that the cheat sheet relies on, each with whether the numbers support it."""
    rate = {value: found["mean"] for value, found in data["rate"].items()}
    new, old = ({int(d): f["mean"] for d, f in data["fit"][where].items()} for where in ("new", "training"))
    ends = data["optimizers"]
    stable = {name: max(float(rate) for rate, end in found.items() if end is not None) for name, found in ends.items()}
    return {
        "with a rate of 0.03 the same training ends more than 10 points below the best rate": (
            max(rate.values()) - rate["0.03"] > 10
        ),
        "with a rate of 3 it ends below 20 %": rate["3"] < 20,
        "the training error falls with each degree": all(old[d] > old[d + 1] for d in DEGREES[:-1]),
        "the error on new points is lowest for degree 3": min(new, key=lambda d: new[d]) == 3,
        "with degree 9 it is more than twice as large": new[9] > 2 * new[3],
        "SGD diverges at rates above 2 / 100, momentum of 0.9 above 3.8 / 100": (
            stable["SGD"] == 0.0178 and stable["momentum"] == 0.0316
        ),
        "Adam diverges at none of the rates up to 1": stable["Adam"] == stable["Adam, turned"] == 1,
        "at a rate of 0.1 Adam ends more than 100 times lower along the axes than with the valley turned": (
            100 * ends["Adam"]["0.1"] < ends["Adam, turned"]["0.1"]
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the three figures that the cheat sheet includes, and the sentences."""
    made = {"rate": _rate, "fit": _fit, "optimizers": _optimizers}
    figures = {f"precompute/figures/cheat-{name}.html": make(data) for name, make in made.items()}
    return figures | {f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), tolerated(TOLERANCES, SEEN))}


def _rate(data: dict[str, Any]) -> str:
    found = data["rate"]
    points = sorted((float(np.log10(float(value))), summary["mean"]) for value, summary in found.items())
    best = max(sorted(found), key=lambda value: found[value]["mean"])
    chart = panel(
        "Validation accuracy by learning rate",
        "; ".join(f"rate {value}: {found[value]['mean']} %" for value in sorted(found, key=float)) + ".",
        [Curve("", (0, 0, "start"), points, mark=4)],
        Axis("learning rate", {float(np.log10(rate)): f"{rate:g}" for rate in RATES}),
        Axis("accuracy (%)", {value: str(value) for value in range(0, 101, 25)}),
    )
    reading = (
        f"The same training ends at {found[best]['mean']} % with a rate of {best}, at {found['0.03']['mean']} % with "
        f"0.03, and at {found['3']['mean']} % with 3."
    )
    rows = [[value, spread(found[value])] for value in sorted(found, key=float)]
    numbers = table("Mean of five seeds (lowest to highest)", ["Learning rate", "Validation accuracy (%)"], rows)
    return figure(
        data, NAME, reading, f"{chart}\n{numbers}", "64–32–10 units on 8 × 8 digits, SGD, batches of 32, 5 epochs"
    )


def _fit(data: dict[str, Any]) -> str:
    means = {where: {d: data["fit"][where][str(d)]["mean"] for d in DEGREES} for where in ("training", "new")}
    top = 1.0
    curves = [
        Curve("new points", (6.3, 0.62, "end"), sorted(means["new"].items()), mark=4),
        Curve("training points", (5.2, 0.12, "start"), sorted(means["training"].items())),
    ]
    chart = panel(
        "Error of polynomials by degree",
        "; ".join(f"degree {d}: training {means['training'][d]}, new {means['new'][d]}" for d in DEGREES) + ".",
        curves,
        Axis("degree (capacity)", {d: str(d) for d in DEGREES}),
        Axis("error", {value / 4: f"{value / 4:g}" for value in range(int(4 * top) + 1)}),
    )
    reading = (
        "Left, underfitting, both errors are high; right, overfitting, the training error still falls while that on "
        f"new points rises from its lowest, {means['new'][3]} with degree 3."
    )
    rows = [[str(d), f"{means['training'][d]}", f"{means['new'][d]}"] for d in DEGREES]
    numbers = table("Median errors, mean of five seeds", ["Degree", "Training points", "New points"], rows)
    note = f"Root mean squared error; 20 points of sin πx with noise of {NOISE}"
    return figure(data, NAME, reading, f"{chart}\n{numbers}", note)


def _optimizers(data: dict[str, Any]) -> str:
    found = {name: {f"{r:g}": data["optimizers"][name][f"{r:g}"] for r in STEP_RATES} for name in OPTIMIZERS}
    places = {"SGD": (-2.95, -0.15, "start"), "momentum": (-2.2, -3.5, "middle")}
    places |= {"Adam": (-1.1, -3.95, "middle"), "Adam, turned": (-1.7, 0.25, "start")}
    curves = [
        Curve(
            name, places[name], [(np.log10(float(r)), np.log10(e)) for r, e in ends.items() if e is not None], mark=2.5
        )
        for name, ends in found.items()
    ]
    best = {name: min((e, float(r)) for r, e in ends.items() if e is not None) for name, ends in found.items()}
    chart = panel(
        "Loss after 100 steps by learning rate",
        "; ".join(f"{name}: lowest {end:g} at rate {rate:g}" for name, (end, rate) in best.items()) + ".",
        curves,
        decades(-3, 0, "learning rate"),
        Axis("loss", {power: words for power, words in decades(-4, 2, "").ticks.items() if power % 2 == 0}),
    )
    reading = (
        "A curve ends where its optimizer diverges; Adam does at none of these rates, but it needs a larger one where "
        "the valley is turned."
    )
    head = ["Learning rate", *found]
    rows = [[f"{r:g}", *(_cell(found[name][f"{r:g}"]) for name in found)] for r in STEP_RATES]
    numbers = table("Loss, from 50.5 at the start; a dash: diverged", head, rows)
    return figure(
        data,
        NAME,
        reading,
        f"{chart}\n{numbers}",
        "Curvatures 1 and 100, momentum 0.9; mean of the last 20 of 100 steps",
    )


def _cell(end: float | None) -> str:
    return "–" if end is None else f"{end:g}"
