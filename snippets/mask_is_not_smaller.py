"""Zeros take as many bytes as other numbers, until they are stored in another way.

`weights`: (rows, columns), float32. Sizes in bytes. CSR: 4 per non-zero value, 4 per column index, 4 per row offset.
Zipped: DEFLATE, level 9, of the dense bytes.
Source: Y. Saad, Iterative Methods for Sparse Linear Systems, 2nd edition, 2003, section 3.4 (CSR).
"""

import zlib

import numpy as np
from numpy.typing import NDArray


def csr_bytes(weights: NDArray[np.float32]) -> int:
    """Return the size in compressed sparse row format with 32-bit indices."""
    return 8 * np.count_nonzero(weights) + 4 * (weights.shape[0] + 1)


weights = np.random.default_rng(0).normal(size=(64, 512)).astype(np.float32)
for zeros in (0.0, 0.5, 0.9):
    threshold = np.quantile(np.abs(weights), zeros)
    pruned = np.where(np.abs(weights) >= threshold, weights, np.float32(0))
    zipped = round(len(zlib.compress(pruned.tobytes(), 9)) / pruned.nbytes, 1)
    print(f"{zeros:.0%} zeros: dense {pruned.nbytes}, CSR {csr_bytes(pruned)}, zipped about {zipped:.0%} of dense")
