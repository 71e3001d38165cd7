"""Knowledge distillation: the student matches the teacher's softened probabilities.

`student`, `teacher`: logits (n, classes). `temperature` > 0: higher shows more of how the teacher ranks wrong classes.
The factor temperature^2 keeps the gradient's size when the temperature changes. Result: nats, mean over n.
Source: G. Hinton et al., Distilling the Knowledge in a Neural Network, 2015, section 2.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def log_softmax(logits: Floats) -> Floats:
    """Return log probabilities per row; the largest logit is taken off so that exp cannot overflow."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def distillation_loss(student: Floats, teacher: Floats, temperature: float) -> float:
    """Return temperature^2 times the Kullback-Leibler divergence of the student from the teacher."""
    wanted, given = log_softmax(teacher / temperature), log_softmax(student / temperature)
    return float(temperature**2 * (np.exp(wanted) * (wanted - given)).sum(axis=1).mean())


teacher, student = np.array([[6.0, 3.0, -1.0]]), np.array([[5.0, 0.0, 0.0]])
for temperature in (1.0, 4.0):
    softened = np.round(np.exp(log_softmax(teacher / temperature)), 3).tolist()[0]
    print(f"temperature {temperature}: teacher {softened}, loss {distillation_loss(student, teacher, temperature):.3f}")
