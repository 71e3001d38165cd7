"""One int8 scale per output channel instead of one for the tensor: a large channel no longer spoils the small ones.

`weights`: (out, in). Scales: (out, 1) or (1, 1), in the unit of the weights. Overhead: 4 bytes per extra scale.
Source: R. Krishnamoorthi, Quantizing deep convolutional networks for efficient inference, 2018, sections 2.6 and 3.1.
"""

import numpy as np
from numpy.typing import NDArray


def restored(weights: NDArray[np.float64], axis: int | None) -> NDArray[np.float64]:
    """Quantize symmetrically and back; `axis` 1: a scale per row, None: one for all."""
    largest = np.abs(weights).max(axis=axis, keepdims=True)
    scale = np.where(largest > 0, largest, 127) / 127
    return np.clip(np.round(weights / scale), -127, 127) * scale


weights = np.array([[0.011, -0.024, 0.038], [4.0, -12.7, 8.3]])
for name, axis in (("for all", None), ("per row", 1)):
    errors = np.abs(restored(weights, axis) - weights).max(axis=1)
    print(f"one scale {name}: largest error of each row", np.round(errors, 4).tolist())
