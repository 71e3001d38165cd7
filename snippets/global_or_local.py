"""Prune each layer by the same share (local), or all layers by one threshold (global).

`layers`: arrays of any shape. `amount`: the share of weights to remove, 0..1. Result: the share that stays, per layer.
Both remove equally many weights; global takes them from the layers with many small ones, and may empty a layer.
Source: D. Blalock et al., What is the State of Neural Network Pruning?, 2020, section 2 (scoring).
"""

import numpy as np
from numpy.typing import NDArray

Layers = list[NDArray[np.floating]]


def kept_local(layers: Layers, amount: float) -> list[float]:
    """Return the shares that stay when each layer has a threshold of its own."""
    return [float(np.mean(np.abs(w) > np.quantile(np.abs(w), amount))) for w in layers]


def kept_global(layers: Layers, amount: float) -> list[float]:
    """Return the shares that stay when one threshold holds for all layers."""
    threshold = np.quantile(np.concatenate([np.abs(w).ravel() for w in layers]), amount)
    return [float(np.mean(np.abs(w) > threshold)) for w in layers]


layers = [np.linspace(0.1, 1.0, 10), np.linspace(0.01, 0.1, 10)]
print("local ", kept_local(layers, 0.5))
print("global", kept_global(layers, 0.5))
