"""Replace a matrix by two thin factors: fewer parameters when rank < out * in / (out + in).

`weights`: (out, in). Factors: (out, rank) and (rank, in), the best of that rank in the sum of squared errors. The error
is what the dropped singular values hold.
Source: C. Eckart, G. Young, The approximation of one matrix by another of lower rank, Psychometrika 1, 1936.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def factors(weights: Floats, rank: int) -> tuple[Floats, Floats]:
    """Return left (out, rank) and right (rank, in), whose product comes closest to the weights."""
    left, values, right = np.linalg.svd(weights, full_matrices=False)
    return left[:, :rank] * values[:rank], right[:rank]


rows, columns = np.arange(64)[:, None], np.arange(128)[None, :]
weights = np.exp(-0.01 * (rows - columns / 2) ** 2)
for rank in (2, 4, 8):
    left, right = factors(weights, rank)
    error = np.linalg.norm(left @ right - weights) / np.linalg.norm(weights)
    print(f"rank {rank}: {left.size + right.size} of {weights.size} parameters, relative error {error:.2f}")
