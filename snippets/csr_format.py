"""Compressed sparse rows: the non-zero values, their columns, and where each row begins.

`weights`: (rows, columns). Values and columns: (non-zeros,); starts: (rows + 1,). Sizes in bytes. Beside a value each
non-zero pays for its column, so the smaller the values are, the more zeros it takes.
Source: Y. Saad, Iterative Methods for Sparse Linear Systems, 2nd edition, 2003, section 3.4.
"""

import numpy as np
from numpy.typing import NDArray


def to_csr(weights: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.intp], NDArray[np.intp]]:
    """Return values, columns and starts."""
    rows, columns = np.nonzero(weights)
    starts = np.searchsorted(rows, np.arange(len(weights) + 1))
    return weights[rows, columns], columns, starts


def break_even(rows: int, columns: int, value: int, index: int) -> float:
    """Return the share of zeros above which CSR is smaller than dense; a start takes 4 bytes."""
    return 1 - (value * rows * columns - 4 * (rows + 1)) / (value + index) / (rows * columns)


values, columns, starts = to_csr(np.array([[0.0, 5.0, 0.0], [0.0, 0.0, 0.0], [7.0, 0.0, -1.0]]))
print("values", values.tolist(), "columns", columns.tolist(), "starts", starts.tolist())
for name, value, index in (("float32, 32-bit columns", 4, 4), ("int8, 16-bit columns", 1, 2)):
    print(f"{name}: pays above {break_even(512, 512, value, index):.1%} zeros")
