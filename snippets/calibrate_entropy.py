"""Entropy calibration: of several limits, take the one whose coarse histogram is closest to the fine one.

`counts`: (bins,), a histogram of non-negative values. `end`: bins kept, what lies above counts in the last. `levels`:
codes. Divergence: Kullback-Leibler, in nats. It judges shares, not errors: a rare large value weighs little.
Source: S. Migacz, 8-bit Inference with TensorRT, GPU Technology Conference 2017.
"""

import numpy as np
from numpy.typing import NDArray


def divergence(counts: NDArray[np.integer], end: int, levels: int) -> float:
    """Return how much the quantized histogram of the first `end` bins says less than the original."""
    wanted = counts[:end].astype(np.float64)
    wanted[-1] += counts[end:].sum()
    group, filled = np.arange(end) * levels // end, counts[:end] > 0
    mean = np.bincount(group, counts[:end], levels) / np.maximum(np.bincount(group, filled, levels), 1)
    given = mean[group] * filled
    wanted, given = wanted / wanted.sum(), given / given.sum()
    used = wanted > 0
    return float((wanted[used] * np.log(wanted[used] / np.maximum(given[used], 1e-9))).sum())


counts = np.round(10_000 * np.exp(-np.arange(512) / 20)).astype(int)
counts[-1] = 3  # three stray values at the far end
ends = range(16, 513, 16)
best = min(ends, key=lambda end: divergence(counts, end, levels=16))
print("keeps", best, "of 512 bins and clips", counts[best:].sum(), "of", counts.sum(), "values")
