"""Fold batch normalization into the layer before it: at inference both are one affine map.

`weight`: (out, in). `bias`: (out,). `norm`: (4, out), the rows gamma, beta, running mean, running variance. `epsilon`:
added to the variance, as in training. Fold before quantizing: the folded weights are what the integer kernel sees.
Source: B. Jacob et al., 2018, section 3.2; S. Ioffe, C. Szegedy, Batch Normalization, 2015, section 3.1.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def fold(weight: Floats, bias: Floats, norm: Floats, epsilon: float = 1e-5) -> tuple[Floats, Floats]:
    """Return weight (out, in) and bias (out,) of the one layer that replaces both."""
    gamma, beta, mean, variance = norm
    factor = gamma / np.sqrt(variance + epsilon)
    return weight * factor[:, None], (bias - mean) * factor + beta


weight, bias = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([0.5, 0.0])
norm = np.array([[2.0, 1.0], [0.0, 1.0], [0.5, 1.0], [4.0, 0.25]])
gamma, beta, mean, variance = norm
x = np.array([1.0, -2.0])
apart = (weight @ x + bias - mean) / np.sqrt(variance + 1e-5) * gamma + beta
folded_weight, folded_bias = fold(weight, bias, norm)
print("apart ", np.round(apart, 4).tolist())
print("folded", np.round(folded_weight @ x + folded_bias, 4).tolist())
