"""Old and new names of automatic mixed precision in PyTorch, and which of them warn.

Method. Call each name once with warnings recorded. Scalers are made with `enabled=False`, because without a GPU an
enabled one warns for another reason. The words of a warning belong to its version of torch: they are compared only
when the version is the recorded one, the kind of warning always. Source: PyTorch documentation, Automatic Mixed
Precision package, torch.amp.

Tolerances: none. Nothing is computed, so nothing depends on the processor. Runs with other kernels said the same.
"""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from _figure import claims_list, figure, table
from _numbers import Claims, broken, changed, versions

NAME = "amp-old-and-new"
CALLS: dict[str, Callable[[], object]] = {
    "torch.cuda.amp.autocast()": torch.cuda.amp.autocast,
    "torch.cpu.amp.autocast()": torch.cpu.amp.autocast,
    "torch.cuda.amp.GradScaler(enabled=False)": lambda: torch.cuda.amp.GradScaler(enabled=False),
    "torch.cuda.amp.custom_fwd": lambda: torch.cuda.amp.custom_fwd(lambda ctx: None),
    'torch.amp.autocast("cuda", enabled=False)': lambda: torch.amp.autocast("cuda", enabled=False),
    'torch.amp.autocast("cpu")': lambda: torch.amp.autocast("cpu"),
    'torch.amp.GradScaler("cuda", enabled=False)': lambda: torch.amp.GradScaler("cuda", enabled=False),
    'torch.amp.custom_fwd(device_type="cuda")': lambda: torch.amp.custom_fwd(lambda ctx: None, device_type="cuda"),
}
OLD = tuple(name for name in CALLS if not name.startswith("torch.amp."))
EXACT = ("categories",)
TOLERANCE = (
    "Tolerance: none; each call must warn as recorded, and in the same words where the version of torch is the same."
)


def build() -> dict[str, Any]:
    """Call every name; less than a second."""
    found = {name: _warning(call) for name, call in CALLS.items()}
    return {
        "categories": {name: category for name, (category, _) in found.items()},
        "messages": {name: message for name, (_, message) in found.items()},
        "versions": versions(),
    }


def _warning(call: Callable[[], object]) -> tuple[str, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    if not caught:
        return "", ""
    return caught[0].category.__name__, str(caught[0].message)


def differences(recorded: dict[str, Any], fresh: dict[str, Any]) -> list[str]:
    """Report what the fresh run does not confirm."""
    same = recorded["versions"]["torch"] == fresh["versions"]["torch"]
    return changed(recorded, fresh, (*EXACT, "messages") if same else EXACT) + broken(claims(fresh))


def claims(data: dict[str, Any]) -> Claims:
    """List sentences that pages rely on, each with whether the run supports it."""
    kinds = data["categories"]
    return {
        "each of the old names, torch.cuda.amp and torch.cpu.amp, gives a FutureWarning": all(
            kinds[name] == "FutureWarning" for name in OLD
        ),
        "none of the new names under torch.amp warns": not any(kinds[name] for name in kinds if name not in OLD),
        "each warning names torch.amp as what to use": all("torch.amp." in data["messages"][name] for name in OLD),
    }


def artifacts(data: dict[str, Any]) -> dict[str, str]:
    """Write the figure and the sentences that pages include."""
    return {
        f"precompute/figures/{NAME}.html": _figure(data),
        f"precompute/figures/{NAME}-claims.html": claims_list(claims(data), TOLERANCE),
    }


def _figure(data: dict[str, Any]) -> str:
    rows = [[name, data["categories"][name] or "none", data["messages"][name] or "–"] for name in CALLS]
    numbers = table("What each name says when it is called", ["Call", "Warning", "Its words"], rows, alone=True)
    reading = (
        f"With torch {data['versions']['torch']} the names under torch.cuda.amp and torch.cpu.amp still work and warn; "
        f"those under torch.amp do not."
    )
    return figure(data, NAME, reading, numbers, "No GPU is needed for this")
