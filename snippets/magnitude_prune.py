"""Magnitude pruning: zero the weights with the smallest absolute values.

`weights`: floats of any shape. `amount`: the share to remove, 0..1. Mask: bool, same shape, True where a weight stays.
The shape does not change; the mask only says which entries are to be 0.
Source: S. Han et al., Learning both Weights and Connections for Efficient Neural Networks, 2015, section 3.
"""

import numpy as np
from numpy.typing import NDArray


def keep_largest(weights: NDArray[np.floating], amount: float) -> NDArray[np.bool_]:
    """Return the mask that drops exactly round(amount * size) weights."""
    mask = np.ones(weights.size, dtype=bool)
    smallest_first = np.argsort(np.abs(weights).ravel(), kind="stable")
    mask[smallest_first[: round(amount * weights.size)]] = False
    return mask.reshape(weights.shape)


weights = np.array([[0.5, -0.02, 0.3], [-0.9, 0.1, -0.04]])
mask = keep_largest(weights, amount=0.5)
pruned = np.where(mask, weights, 0.0)
print("pruned", pruned.tolist())
print("non-zeros", np.count_nonzero(pruned), "of", pruned.size, "- shape still", pruned.shape)
