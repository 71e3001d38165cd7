"""NF4: sixteen levels for 4-bit weights, dense where normally distributed weights are dense: around 0.

Levels: (16,), sorted, in -1..1, times the largest absolute weight of a block. Eight are positive, seven negative and
one is exactly 0, each side quantiles of the normal distribution, scaled so that it ends at 1 or -1.
Source: T. Dettmers et al., QLoRA: Efficient Finetuning of Quantized LLMs, 2023, section 3 and appendix E.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray


def levels() -> NDArray[np.float64]:
    """Return the sixteen levels."""
    outermost = (1 - 1 / 32 + 1 - 1 / 30) / 2  # the probability at both ends; 1 would be infinitely far out
    quantile = NormalDist().inv_cdf
    positive = [quantile(p) for p in np.linspace(outermost, 0.5, 9)[:-1]]
    negative = [-quantile(p) for p in np.linspace(outermost, 0.5, 8)[:-1]]
    return np.array(sorted([*negative, 0.0, *positive])) / positive[0]


def codes(weights: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the index of the nearest level, 0..15, for a block (n,) with one scale."""
    return np.abs((weights / np.abs(weights).max())[:, None] - levels()).argmin(axis=1)


print("levels", np.round(levels(), 3).tolist())
print("codes of [0.02, -0.4, 0.1, 0.0]:", codes(np.array([0.02, -0.4, 0.1, 0.0])).tolist())
