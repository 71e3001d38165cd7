"""Larger batches give steadier gradients: the standard error falls as 1 / sqrt(batch).

`per_sample`: (n,), the gradient of one weight for each training sample. A batch's gradient is the mean of its samples,
drawn with replacement. Four times the work halves the noise; nothing here says that training converges faster.
Source: I. Goodfellow et al., Deep Learning, 2016, section 8.1.3.
"""

import numpy as np
from numpy.typing import NDArray


def batch_noise(per_sample: NDArray[np.floating], batch: int, draws: int = 20_000) -> float:
    """Return the standard deviation of the batch gradient over many draws."""
    rng = np.random.default_rng(0)
    return float(rng.choice(per_sample, size=(draws, batch)).mean(axis=1).std())


per_sample = np.linspace(-1, 3, 1001)
for batch in (1, 4, 16, 64):
    predicted = per_sample.std() / np.sqrt(batch)
    print(f"batch {batch}: noise {batch_noise(per_sample, batch):.2f}, predicted {predicted:.2f}")
