"""Structured pruning: remove whole outputs of a layer, and the inputs of the next layer that read them.

`first`: (hidden, in), `second`: (out, hidden). The smallest hidden units by L1 norm of their rows go, so both
matrices really get smaller, in bytes and in multiplications, with no sparse kernel.
Source: H. Li et al., Pruning Filters for Efficient ConvNets, 2017, section 3.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def prune_rows(first: Floats, second: Floats, amount: float) -> tuple[Floats, Floats]:
    """Return both layers without the round(amount * hidden) weakest hidden units."""
    norms = np.abs(first).sum(axis=1)
    drop = round(amount * len(norms))
    stay = np.sort(np.argsort(norms, kind="stable")[drop:])
    return first[stay], second[:, stay]


first = np.array([[1.0, 2.0], [0.1, 0.1], [3.0, -1.0], [0.2, 0.0]])
second = np.array([[1.0, 5.0, -1.0, 7.0]])
smaller_first, smaller_second = prune_rows(first, second, amount=0.5)
print("shapes", smaller_first.shape, smaller_second.shape)
print("multiplications", first.size + second.size, "->", smaller_first.size + smaller_second.size)
