"""One step of SGD, of momentum and of RMSprop, from the same gradients.

`gradient`, `velocity`, `square`: (n,). `rate`: the learning rate. Momentum adds up past gradients, so that a steady
direction speeds up. RMSprop divides by the gradient's recent size, so that all weights move about equally far.
Source: I. Goodfellow et al., Deep Learning, 2016, sections 8.3.1, 8.3.2 and 8.5.2.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def momentum(gradient: Floats, velocity: Floats, rate: float, keep: float = 0.9) -> tuple[Floats, Floats]:
    """Return the change of the weights and the new velocity; `keep` 0 is plain SGD."""
    velocity = keep * velocity + gradient
    return -rate * velocity, velocity


def rmsprop(gradient: Floats, square: Floats, rate: float, keep: float = 0.99) -> tuple[Floats, Floats]:
    """Return the change of the weights and the new mean square."""
    square = keep * square + (1 - keep) * gradient**2
    return -rate * gradient / (np.sqrt(square) + 1e-8), square


gradient, velocity, square = np.array([10.0, 0.1]), np.zeros(2), np.zeros(2)
for step in (1, 2):
    by_momentum, velocity = momentum(gradient, velocity, rate=0.1)
    by_rmsprop, square = rmsprop(gradient, square, rate=0.1)
    print("step", step, "momentum", np.round(by_momentum, 3).tolist(), "RMSprop", np.round(by_rmsprop, 3).tolist())
