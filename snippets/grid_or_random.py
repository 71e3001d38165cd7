"""Nine trials for two hyperparameters: a grid tries three values of each, random search nine.

Trials: (n, 2), each in 0..1. When only one of the two matters, a grid spends three trials on each of its values.
Coverage: the share of tenths of that one's range that some trial falls into.
Source: J. Bergstra, Y. Bengio, Random Search for Hyper-Parameter Optimization, 2012, section 1 (figure 1).
"""

import numpy as np
from numpy.typing import NDArray


def grid(side: int) -> NDArray[np.float64]:
    """Return every combination of `side` evenly spaced values."""
    values = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(values, values), axis=-1).reshape(-1, 2)


def coverage(values: NDArray[np.float64]) -> float:
    """Return the share of the ten tenths of 0..1 with at least one value."""
    return len(np.unique(np.floor(values * 10))) / 10


rng = np.random.default_rng(0)
trials = grid(3)
chance = np.mean([coverage(rng.random((9, 2))[:, 0]) for _ in range(4000)])
print(
    "grid:  ", len(trials), "trials,", len(np.unique(trials[:, 0])), "values of each, coverage", coverage(trials[:, 0])
)
print(f"random: 9 trials, 9 values of each, coverage {chance:.2f} on average, {1 - 0.9**9:.2f} expected")
