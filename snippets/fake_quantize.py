"""Fake quantization: round in the forward pass as int8 would, let the gradient through in the backward pass.

Rounding has the gradient 0 almost everywhere. The straight-through estimator uses 1 instead, inside the range, and 0
where the value was clipped. `values`, results: floats of one shape; `scale` in the unit of the values; codes -128..127.
Source: B. Jacob et al., 2018, section 3; Y. Bengio et al., Estimating or Propagating Gradients Through Stochastic
Neurons for Conditional Computation, 2013.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def forward(values: Floats, scale: float) -> Floats:
    """Return the float that each value's code stands for."""
    return np.clip(np.round(values / scale), -128, 127) * scale


def backward(upstream: Floats, values: Floats, scale: float) -> Floats:
    """Return the gradient with respect to `values`, straight through the rounding."""
    codes = np.round(values / scale)
    return np.where((codes >= -128) & (codes <= 127), upstream, 0.0)


values = np.array([-20.0, -0.26, 0.12, 12.7, 14.0])
print("forward ", np.round(forward(values, 0.1), 2).tolist())
print("gradient", backward(np.ones(5), values, 0.1).tolist())
