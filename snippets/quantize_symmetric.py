"""Quantize a tensor symmetrically to int8: one scale, zero-point 0.

`weights`: floats of any shape. `scale`: the value of one step, in the unit of the weights. Codes: int8, same shape,
-127..127; -128 stays unused, so that w and -w get opposite codes.
Source: R. Krishnamoorthi, Quantizing deep convolutional networks for efficient inference, 2018, section 2.2.
"""

import numpy as np
from numpy.typing import NDArray


def quantize(weights: NDArray[np.floating]) -> tuple[NDArray[np.int8], float]:
    """Return the codes and the scale that gives the largest absolute weight the code 127 or -127."""
    scale = float(np.abs(weights).max()) / 127 or 1.0  # all zeros: any scale will do
    codes = np.clip(np.round(weights / scale), -127, 127)
    return codes.astype(np.int8), scale


def dequantize(codes: NDArray[np.int8], scale: float) -> NDArray[np.float64]:
    """Return the values that the codes stand for, at most scale / 2 from the weights."""
    return codes * scale


weights = np.array([0.9, -1.2, 0.307, 2.54])
codes, scale = quantize(weights)
print("scale", round(scale, 6))
print("codes", codes.tolist())
print("largest error", round(float(np.abs(dequantize(codes, scale) - weights).max()), 6), "of at most", scale / 2)
