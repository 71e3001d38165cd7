"""An integer matrix product: int8 codes in, int32 sums, int8 codes out.

`a`: (n, k) and `b`: (k, m), symmetric int8 codes with scales `scale_a`, `scale_b`. One product fits
int16, the sum of two may not; int32 has room for 131 071 products of -128 x -128. Requantizing is one multiplication.
Source: B. Jacob et al., 2018, section 2.2 (with zero-points 0).
"""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int8]


def accumulate(a: Codes, b: Codes) -> NDArray[np.int32]:
    """Return the exact sums of products, in units of scale_a * scale_b."""
    return a.astype(np.int32) @ b.astype(np.int32)


def requantize(sums: NDArray[np.int32], scale_a: float, scale_b: float, scale_out: float) -> Codes:
    """Return int8 codes at the output's scale; sums outside its range saturate."""
    return np.clip(np.round(sums * (scale_a * scale_b / scale_out)), -128, 127).astype(np.int8)


a = np.array([[100, -100, 50]], dtype=np.int8)
b = np.array([[100, 3], [-100, 2], [20, 1]], dtype=np.int8)
sums = accumulate(a, b)
print("int32 sums", sums.tolist())
print("in int8 they would wrap to", (a @ b).tolist())
print("int8 codes out", requantize(sums, 0.01, 0.02, 0.05).tolist())
