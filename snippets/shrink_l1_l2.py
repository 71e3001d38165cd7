"""Why L1 gives exact zeros and L2 does not: one shrinking step of each.

`weights`: (n,). `strength`: the penalty, in the unit of the weights for L1, a pure number for L2. L1 takes the same
amount from each weight and stops at 0; L2 takes a share, which leaves something however often it is repeated.
Source: T. Hastie et al., The Elements of Statistical Learning, 2nd edition, 2009, section 3.4 (table 3.4).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def shrink_l1(weights: Floats, strength: float) -> Floats:
    """Return argmin over v of (v - w)^2 / 2 + strength * |v|: the soft threshold."""
    return np.sign(weights) * np.maximum(np.abs(weights) - strength, 0.0) + 0.0  # + 0.0: no minus zero


def shrink_l2(weights: Floats, strength: float) -> Floats:
    """Return argmin over v of (v - w)^2 / 2 + strength * v^2 / 2."""
    return weights / (1 + strength)


weights = np.array([2.0, -0.75, 0.25, -0.125])
print("L1", shrink_l1(weights, 0.5).tolist())
print("L2", np.round(shrink_l2(weights, 0.5), 4).tolist())
