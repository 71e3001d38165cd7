"""Quantize a tensor to uint8 with a scale and a zero-point: for values that do not lie around 0.

`values`: floats of any shape. `scale`: the value of one step, in the unit of the values. `zero_point`: the code,
0..255, that stands for exactly 0.0; padding and ReLU need that 0, so the range is stretched to hold it.
Source: B. Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference,
2018, section 2.1.
"""

import numpy as np
from numpy.typing import NDArray


def parameters(values: NDArray[np.floating]) -> tuple[float, int]:
    """Return the scale and zero-point that spread 0..255 over the range from lowest to highest value."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    scale = (high - low) / 255 or 1.0
    return scale, round(-low / scale)


def quantize(values: NDArray[np.floating], scale: float, zero_point: int) -> NDArray[np.uint8]:
    """Return the codes; what lies outside the range saturates at 0 or 255."""
    return np.clip(np.round(values / scale) + zero_point, 0, 255).astype(np.uint8)


activations = np.array([-0.5, 0.0, 0.25, 2.05])
scale, zero_point = parameters(activations)
print("scale", round(scale, 6), "zero-point", zero_point)
print("codes", quantize(activations, scale, zero_point).tolist())
print("5.0 saturates at", quantize(np.array([5.0]), scale, zero_point).item())
