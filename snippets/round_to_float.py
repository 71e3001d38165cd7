"""Round numbers to a narrow float: bfloat16 keeps float32's range, fp8 has to choose.

`values`: floats, any shape. `exponent`, `mantissa`: bits; inside the format's range. A number keeps `mantissa` binary
digits after its first one; below the smallest normal number the spacing no longer shrinks (subnormals), and at last 0
is left.
Source: P. Micikevicius et al., FP8 Formats for Deep Learning, 2022, section 3; IEEE 754-2019, section 3.4.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rounded(values: Floats, exponent: int, mantissa: int) -> Floats:
    """Return the nearest number of the format; of two equally near ones that with the even last digit."""
    smallest = 2 - 2 ** (exponent - 1)  # the exponent of the smallest normal number
    _, power = np.frexp(values)
    spacing = np.ldexp(1.0, np.maximum(power - 1, smallest) - mantissa)
    return np.round(values / spacing) * spacing


values = np.array([3.14159, 0.1, 100.7, 0.0005])
for name, exponent, mantissa in (("bfloat16", 8, 7), ("float8 E5M2", 5, 2), ("float8 E4M3", 4, 3)):
    print(name, rounded(values, exponent, mantissa).tolist())
