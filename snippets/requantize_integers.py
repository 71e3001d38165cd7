"""Requantize with integers alone: the factor between two scales becomes a 31-bit number and a shift.

`sums`: int32 sums of products, any shape. `factor`: scale_a * scale_b / scale_out, 0 < factor < 1. Multiplier:
2^30..2^31 - 1; factor is about multiplier * 2^-shift. Rounds halves up. No float is left at run time.
Source: B. Jacob et al., 2018, section 2.2, equation 6.
"""

import math

import numpy as np
from numpy.typing import NDArray


def fixed_point(factor: float) -> tuple[int, int]:
    """Return multiplier and shift."""
    mantissa, exponent = math.frexp(factor)
    multiplier = round(mantissa * 2**31)
    return (multiplier // 2, 30 - exponent) if multiplier == 2**31 else (multiplier, 31 - exponent)


def requantize(sums: NDArray[np.int32], multiplier: int, shift: int) -> NDArray[np.int8]:
    """Return int8 codes at the output's scale; what lies outside saturates."""
    products = sums.astype(np.int64) * multiplier + (1 << (shift - 1))
    return np.clip(products >> shift, -128, 127).astype(np.int8)


sums = np.array([21000, 150, -9000, 100_000], dtype=np.int32)
multiplier, shift = fixed_point(0.01 * 0.02 / 0.05)
print("0.004 is about", multiplier, "/ 2 **", shift)
print("codes", requantize(sums, multiplier, shift).tolist(), "in floats", np.round(sums[:3] * 0.004).tolist())
