"""The pruning loop that stops with a NameError, and four ways to mend it.

Method. Run each version on the same freshly initialised network (seed 0), note the exception and the zeros among the
66 weights; then take one step of SGD with the gradient of a fixed batch and count again: only a mask that is kept
holds the zeros. Source: PyTorch documentation, torch.nn.utils.prune and torch.no_grad.

Tolerances: none. A weight is a zero or is not: no sum that rounds otherwise moves one over the threshold, and a step
takes away every zero that is not held. Runs with other kernels gave the same counts.
"""

from typing import Any

import torch
from _chart import bar_chart
from _cnn import repeatable
from _figure import claims_list, figure, table
from _numbers import Claims, broken, changed, versions
from torch import nn
from torch.nn.utils import prune

NAME = "debug-example"
LOOP = """
for name, param in model.named_parameters():
    if "weight" in name:
        mask = param.data.abs() > threshold
        param.data *= mask
"""
NO_GRAD = """
with torch.no_grad():
    for name, param in model.named_parameters():
        if "weight" in name:
            param.mul_(param.abs() > 0.2)
"""
BOOKED = """
for layer in (model[0], model[2]):
    prune.custom_from_mask(layer, "weight", layer.weight.abs() > 0.2)
"""
SHARE = """
for layer in (model[0], model[2]):
    prune.l1_unstructured(layer, "weight", amount=0.5)
"""
VERSIONS = {
    "as written": LOOP,
    "threshold defined": "threshold = 0.2" + LOOP,
    "without .data, under no_grad": NO_GRAD,
    "the same mask, kept by prune": BOOKED,
    "a share instead of a threshold": SHARE,
}
EXACT = ("runs",)
TOLERANCE = "Tolerance: none; every exception and every count of zeros must be equal."


def build() -> dict[str, Any]:
    """Run all versions; less than a second."""
    return {"runs": {name: _attempt(code) for name, code in VERSIONS.items()}, "versions": versions()}


def _attempt(code: str) -> dict[str, Any]:
    with repeatable(0):
        model = nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3))
        images, wanted = torch.randn(16, 8), torch.randn(16, 3)
        error = ""
        try:
            exec(code, {"model": model, "prune": prune, "torch": torch})  # noqa: S102  (the example is a text)
        except NameError as raised:
            error = f"NameError: {raised}"
        zeros = _zeros(model)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        (model(images) - wanted).square().mean().backward()
        optimizer.step()
        model(images)  # a kept mask is applied in the forward pass
        return {"error": error, "zeros": zeros, "zeros_after_a_step": _zeros(model)}


def _zeros(model: nn.Sequential) -> int:
    return sum(int((layer.weight == 0).sum()) for layer in (model[0], model[2]))


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm."""
    return changed(recorded, fresh, EXACT) + broken(claims(fresh))


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the run supports it."""
    runs = data["runs"]
    repaired = [name for name in runs if name != "as written"]
    kept = ("the same mask, kept by prune", "a share instead of a threshold")
    thrown_away = ("threshold defined", "without .data, under no_grad")
    return {
        "as written, the loop raises NameError: name 'threshold' is not defined": (
            runs["as written"]["error"] == "NameError: name 'threshold' is not defined"
        ),
        "each repair runs and sets weights to zero": all(
            not runs[name]["error"] and runs[name]["zeros"] > 0 for name in repaired
        ),
        "all zeros survive a step of training where prune keeps the mask": all(
            runs[name]["zeros_after_a_step"] == runs[name]["zeros"] for name in kept
        ),
        "most do not where the mask is thrown away": all(
            runs[name]["zeros_after_a_step"] < runs[name]["zeros"] / 2 for name in thrown_away
        ),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), TOLERANCE),
    }


def _figure(data: dict[str, Any]) -> str:
    rows = [
        [name, run["error"] or "none", str(run["zeros"]), str(run["zeros_after_a_step"])]
        for name, run in ((name, data["runs"][name]) for name in VERSIONS)
    ]
    head = ["Version", "Exception", "Zeros", "Zeros after one step of SGD"]
    numbers = table("The loop and its repairs, 66 weights", head, rows)
    bars = [
        (
            name,
            data["runs"][name]["error"].partition(":")[0] or "runs",
            {"before": data["runs"][name]["zeros"], "after": data["runs"][name]["zeros_after_a_step"]},
        )
        for name in VERSIONS
    ]
    described = "; ".join(f"{name}: {sizes['before']} before, {sizes['after']} after" for name, _, sizes in bars)
    chart = bar_chart("Zeros before and after one step of training", f"{described}.", bars, "zeros")
    defined = data["runs"]["threshold defined"]
    reading = (
        f"With the threshold defined the loop zeroes {defined['zeros']} of 66 weights, and one step of training leaves "
        f"{defined['zeros_after_a_step']} of these zeros; a mask that prune keeps holds all of them."
    )
    return figure(data, NAME, reading, f"{chart}\n{numbers}", "Seed 0, no training before")
