"""One step of Adam: running means of the gradient and of its square, both corrected for their start at 0.

`gradient`, `first`, `second`: (n,), the moments from the step before (zeros at first). `step`: 1, 2, 3 ...
RMSprop keeps the second moment only; momentum keeps the first only.
Source: D. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def adam(
    gradient: Floats, first: Floats, second: Floats, step: int, rate: float = 0.001
) -> tuple[Floats, Floats, Floats]:
    """Return the change of the weights and both new moments."""
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    mean, square = first / (1 - 0.9**step), second / (1 - 0.999**step)
    return -rate * mean / (np.sqrt(square) + 1e-8), first, second


first = second = np.zeros(2)
for step, gradient in enumerate([np.array([100.0, 0.001]), np.array([-50.0, 0.001])], start=1):
    change, first, second = adam(gradient, first, second, step)
    print("step", step, "changes the weights by", np.round(change, 6).tolist())
