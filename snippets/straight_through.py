"""Train a weight that is used rounded: its true gradient is 0 almost everywhere, the straight-through one is not.

The loss is (rounded weight - target)^2 with one weight, a step of `scale` and learning rate 0.1. Straight-through:
take the derivative of rounding as 1. The float weight moves on between two codes until the rounded one jumps.
Source: Y. Bengio et al., Estimating or Propagating Gradients Through Stochastic Neurons, 2013.
"""


def rounded(weight: float, scale: float) -> float:
    """Return the value that the weight's code stands for."""
    return round(weight / scale) * scale


def train(slope: float, weight: float, target: float, scale: float = 0.25) -> float:
    """Return the rounded weight after 20 steps; `slope` stands for the derivative of rounding."""
    for _ in range(20):
        gradient = 2 * (rounded(weight, scale) - target) * slope
        weight -= 0.1 * gradient
    return rounded(weight, scale)


print("true gradient:    ", train(slope=0.0, weight=0.1, target=1.0))
print("straight through: ", train(slope=1.0, weight=0.1, target=1.0))
