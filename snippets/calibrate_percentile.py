"""Choose the range of activations: up to the largest value seen (min-max), or a percentile that leaves the rarest out.

`values`: (n,), what a layer gave for calibration data, not negative. Limit: the value of the highest code, in the unit
of the values. A stray value stretches the range and makes every step coarser; clipping it costs one large error.
Source: H. Wu et al., Integer Quantization for Deep Learning Inference, 2020, sections 3.4 and 4.2.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def limit(values: Floats, per_cent: float) -> float:
    """Return the value that so many per cent do not exceed; 100 gives the largest."""
    return float(np.quantile(values, per_cent / 100))


def restored(values: Floats, highest: float, bits: int = 8) -> Floats:
    """Quantize to unsigned codes over 0..highest and back; what lies above saturates."""
    steps = 2**bits - 1
    return np.clip(np.round(values / highest * steps), 0, steps) / steps * highest


values = np.append(np.linspace(0, 1, 1000), 51.0)
for per_cent in (100, 99.9):
    highest = limit(values, per_cent)
    typical = np.abs(restored(values, highest) - values)[:-1].mean()
    print(f"{per_cent} %: limit {highest:.0f}, mean error of the ordinary values {typical:.3f}")
