"""The pruning lab: zero the smallest weights of the recorded CNN, and see what the 500 held-out digits say to it.

Three kinds, as precompute/_pruning.py has them in PyTorch. *global*: one threshold for all layers; *layer*: the same
share of each layer; *units*: whole channels and neurons, those with the smallest L2 norm, so that arrays get smaller.
Sources: S. Han et al., Learning both Weights and Connections for Efficient Neural Networks, 2015, section 3; H. Li et
al., Pruning Filters for Efficient ConvNets, 2017, section 3.
"""

import json
import math
from functools import cache
from typing import Any

import lab_network
import lab_views
import numpy as np
from lab_network import Network, Weights
from lab_storage import NAMES, Stored
from lab_views import axis, fact, kilobytes, number, per_cent
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Masks = dict[str, Mask]

KINDS = {"global": "smallest of all layers", "layer": "smallest of each layer", "units": "weakest channels and neurons"}


@cache
def recorded() -> dict[str, Any]:
    """Read what PyTorch measured, once."""
    return dict(json.loads((lab_network.FOLDER / "recorded.json").read_text(encoding="utf-8")))


@cache
def _by_size(layer: str = "") -> NDArray[np.intp]:
    """Sort the places of a layer's weights, or of all weights, by absolute value, once."""
    weights = lab_network.trained().weights
    values = weights[layer].ravel() if layer else np.concatenate([w.ravel() for w in weights.values()])
    return np.argsort(np.abs(values), kind="stable")


def _without(order: NDArray[np.intp], level: float) -> Mask:
    """Mask (n,) without the first `level` per cent of the places."""
    mask = np.ones(len(order), bool)
    mask[order[: round(level / 100 * len(order))]] = False
    return mask


def globally(level: float) -> Masks:
    """Prune `level` per cent of all weights by one threshold."""
    mask, masks, place = _without(_by_size(), level), {}, 0
    for name, shape in lab_network.SHAPES.items():
        count = math.prod(shape)
        masks[name] = mask[place : place + count].reshape(shape)
        place += count
    return masks


def by_layer(level: float) -> Masks:
    """Prune `level` per cent of each layer's weights."""
    return {name: _without(_by_size(name), level).reshape(shape) for name, shape in lab_network.SHAPES.items()}


def units_left(level: float) -> list[NDArray[np.intp]]:
    """Return the outputs of conv1, conv2 and fc1 that stay: the share sqrt(1 - level), by L2 norm.

    A weight is left when both of its ends are, so that about 1 - level of all weights stay.
    """
    share, found = math.sqrt(1 - level / 100), []
    for name in ("conv1", "conv2", "fc1"):
        weight = lab_network.trained().weights[name]
        norms = np.sqrt((weight.reshape(len(weight), -1) ** 2).sum(axis=1))
        found.append(np.sort(np.argsort(-norms, kind="stable")[: round(share * len(weight))]))
    return found


def by_units(level: float) -> tuple[Network, Masks]:
    """Build the smaller network, and the masks that show where its weights were."""
    first, second, hidden = units_left(level)
    weights, biases = lab_network.trained().weights, lab_network.trained().biases
    fc1 = weights["fc1"].reshape(64, 32, 16)  # 16 places of each channel of conv2
    smaller = {
        "conv1": weights["conv1"][first],
        "conv2": weights["conv2"][second][:, first],
        "fc1": np.ascontiguousarray(fc1[hidden][:, second]).reshape(len(hidden), -1),
        "fc2": weights["fc2"][:, hidden],
    }
    kept = {"conv1": biases["conv1"][first], "conv2": biases["conv2"][second], "fc1": biases["fc1"][hidden]}
    inputs = {"conv1": np.array([0]), "conv2": first, "fc1": (16 * second[:, None] + np.arange(16)).ravel()}
    outputs = {"conv1": first, "conv2": second, "fc1": hidden, "fc2": np.arange(10)}
    masks = {name: np.zeros(shape, bool) for name, shape in lab_network.SHAPES.items()}
    for name, mask in masks.items():
        mask[np.ix_(outputs[name], inputs.get(name, hidden))] = True
    return Network(smaller, kept | {"fc2": biases["fc2"]}), masks


def prune(kind: str, level: float) -> tuple[Network, Masks]:
    """Return the pruned network, and the mask (True: left) of each layer of the whole one."""
    if kind == "units":
        return by_units(level)
    masks = globally(level) if kind == "global" else by_layer(level)
    return lab_network.trained().with_weights(masked(lab_network.trained().weights, masks)), masks


def masked(weights: Weights, masks: Masks) -> Weights:
    """Set to zero what the masks leave out."""
    return {name: np.where(masks[name], weight, np.float32(0)) for name, weight in weights.items()}


def stored(network: Network) -> Stored:
    """Describe the float32 weights for lab_storage; columns take 32 bits."""
    weights = network.weights.values()
    left = sum(int(np.count_nonzero(weight)) for weight in weights)
    data = b"".join(weight.tobytes() for weight in weights)
    return Stored(network.size, left, network.outputs + len(weights), data, 32, 32, 4 * network.outputs)


def show(sparsity: float, kind: str) -> dict[str, Any]:
    """Prune, run the 500 digits, and describe what came of it: what the lab's page calls at each change."""
    network, masks = prune(kind, sparsity)
    now = lab_network.predict(network)
    accuracy = lab_network.accuracy(now)
    digits = lab_views.flips(now)
    left = sum(int(mask.sum()) for mask in masks.values())
    whole = lab_network.trained()
    facts = [
        lab_views.accuracy_fact(accuracy),
        fact("Weights left", number(left), f"of {number(whole.size)}"),
        fact(
            "Multiplications an image",
            number(network.macs),
            "fewer: the arrays are smaller" if network.macs < whole.macs else "as before: zeros are multiplied too",
        ),
    ]
    views = [_curve(sparsity, kind, accuracy), digits, _filters(masks), _masks(masks), _sizes(network)]
    said = f"{per_cent(sparsity, 0)} pruned, {KINDS[kind]}: accuracy {per_cent(accuracy)}. {digits['text']}"
    return {"say": said, "facts": facts, "views": views}


def _curve(level: float, kind: str, accuracy: float) -> dict[str, Any]:
    found = recorded()["pruned"]
    lines = [
        lab_views.line(words, {int(x): points for x, points in found[name].items()}, name == kind)
        for name, words in KINDS.items()
    ]
    rows = [
        (
            per_cent(x, 0),
            *(f"{found[name][str(x)][0]} ({found[name][str(x)][1]}–{found[name][str(x)][2]})" for name in KINDS),
        )
        for x in recorded()["levels"]
    ]
    words = f"now: {per_cent(level, 0)} pruned, {per_cent(accuracy)}"
    return lab_views.view(
        "curve",
        "Accuracy against the share pruned",
        f"Recorded with five seeds, and the network of this lab as a large dot. {words[0].upper()}{words[1:]}.",
        (("Pruned", *KINDS.values()), rows),
        x=axis("weights pruned (%)", {x: str(x) for x in range(0, 101, 20)}),
        y=lab_views.accuracy_axis(10),
        lines=lines,
        live=lab_views.live_point(level, accuracy, words),
    )


def _filters(masks: Masks) -> dict[str, Any]:
    weight, mask = lab_network.trained().weights["conv1"], masks["conv1"]
    gone = int(mask.size - mask.sum())
    text = (
        f"The sixteen 3 × 3 filters of conv1, {gone} of their {mask.size} weights pruned. The larger a square, the "
        "larger the weight; filled is positive, hollow negative, a cross is pruned."
    )
    return lab_views.kernels("Filters of the first layer", text, weight, float(np.abs(weight).max()), mask)


def _masks(masks: Masks) -> dict[str, Any]:
    shown = {name: masks[name] for name in ("conv2", "fc1", "fc2")}
    text = "Rows are outputs, columns input channels; the stronger a cell's colour, the more of its weights are left."
    return lab_views.cells("Where weights are left", text, shown)


def _sizes(network: Network) -> dict[str, Any]:
    sizes = stored(network).bytes()
    rows = [(f"float32, {NAMES[form]}", size, kilobytes(size)) for form, size in sizes.items()]
    best = min(sizes, key=lambda form: sizes[form])
    text = f"Dense it takes {kilobytes(sizes['dense'])}; the smallest is {NAMES[best]} with {kilobytes(sizes[best])}."
    whole = lab_network.trained().float32_bytes
    return lab_views.bars("Size by storage format", text, ("Stored as", "Size"), rows, most=whole)
