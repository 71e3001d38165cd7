"""The small CNN on scikit-learn's digits that every experiment starts from.

| layer | does | weights (shape) | parameters | MACs per image |
|---|---|---|---|---|
| conv1 | 3 x 3, padding 1, 1 to 16 channels, on 8 x 8; ReLU; 2 x 2 max pooling | (16, 1, 3, 3) | 160 | 9 216 |
| conv2 | 3 x 3, padding 1, 16 to 32 channels, on 4 x 4; ReLU | (32, 16, 3, 3) | 4 640 | 73 728 |
| fc1 | 512 to 64; ReLU | (64, 512) | 32 832 | 32 768 |
| fc2 | 64 to 10 logits | (10, 64) | 650 | 640 |
| all | | 38 160 weights, 122 biases | 38 282 | 116 352 |

Pooling stands before conv2, not after it: a quarter of conv2's MACs at the same parameter count, so NumPy
in a browser can run the 500 test digits while a slider moves.

Data: 1 797 grey digits of 8 x 8 (0 to 16, scaled to 0 to 1), permuted once by NumPy's frozen legacy generator; the
last 500 are the test set. The same writers are in both parts, so accuracies say nothing about new writers.
Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

SEEDS = (0, 1, 2, 3, 4)
EPOCHS = 15
FINE_TUNING_EPOCHS = 3
BATCH = 32
LEARNING_RATE = 2e-3
FINE_TUNING_RATE = 1e-3
TEST_SIZE = 500
PARAMETERS = 38_282
WIDTHS = (16, 32, 64)

Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Digits:
    """Images (n, 1, 8, 8) in 0..1 and labels (n,) of both parts."""

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


class SmallCNN(nn.Module):
    """Four layers, 38 282 parameters; input (n, 1, 8, 8), output logits (n, 10).

    `widths`: outputs of conv1, conv2 and fc1; other ones than the default make a smaller network of the same shape.
    """

    def __init__(self, widths: tuple[int, int, int] = WIDTHS) -> None:
        super().__init__()
        first, second, hidden = widths
        self.conv1 = nn.Conv2d(1, first, 3, padding=1)
        self.conv2 = nn.Conv2d(first, second, 3, padding=1)
        self.fc1 = nn.Linear(second * 4 * 4, hidden)
        self.fc2 = nn.Linear(hidden, 10)

    def forward(self, images: Tensor) -> Tensor:
        features = F.max_pool2d(F.relu(self.conv1(images)), 2)
        features = F.relu(self.conv2(features))
        return self.fc2(F.relu(self.fc1(features.flatten(1))))


@cache
def digits() -> Digits:
    """Return the fixed split: 1 297 to train on, 500 to test."""
    bunch = load_digits()
    order = np.random.RandomState(0).permutation(len(bunch.target))
    images = torch.tensor(bunch.images[order] / 16, dtype=torch.float32).unsqueeze(1)
    labels = torch.tensor(bunch.target[order], dtype=torch.int64)
    return Digits(images[:-TEST_SIZE], labels[:-TEST_SIZE], images[-TEST_SIZE:], labels[-TEST_SIZE:])


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Hold torch to one thread, deterministic kernels and a seeded generator; leave it as it was found."""
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True)
        # One thread: sums are taken in the same order on every machine, and layers this small gain nothing from two.
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(strict)


def train(seed: int, epochs: int = EPOCHS) -> SmallCNN:
    """Initialise a network and train it for `epochs` epochs."""
    with repeatable(seed):
        model = SmallCNN()
        fit(model, epochs)
    return model


def fine_tune(model: nn.Module, seed: int, epochs: int = FINE_TUNING_EPOCHS) -> None:
    """Train on, in place; weights under a pruning mask stay zero."""
    with repeatable(seed):
        fit(model, epochs, FINE_TUNING_RATE)


def label_loss(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Take the cross-entropy of the labels, in nats, mean over the batch."""
    return F.cross_entropy(model(images), labels)


def fit(
    model: nn.Module, epochs: int, rate: float = LEARNING_RATE, batch: int = BATCH, loss: Loss = label_loss
) -> None:
    """Train in place with Adam from a fresh state; call it under `repeatable`."""
    data = digits()
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
    for _ in range(epochs):
        for chosen in torch.randperm(len(data.train_labels)).split(batch):
            optimizer.zero_grad()
            loss(model, data.train_images[chosen], data.train_labels[chosen]).backward()
            optimizer.step()


def accuracy(model: nn.Module) -> float:
    """Measure per cent of the 500 test digits; a multiple of 0.2."""
    data = digits()
    with torch.no_grad():
        right = (model(data.test_images).argmax(1) == data.test_labels).sum().item()
    return round(100 * right / TEST_SIZE, 1)


def prunable(model: SmallCNN) -> list[tuple[nn.Module, str]]:
    """List the four weight tensors, never the biases, as torch.nn.utils.prune wants them."""
    return [(layer, "weight") for layer in (model.conv1, model.conv2, model.fc1, model.fc2)]


def frame(seeds: Sequence[int]) -> dict[str, object]:
    """Return what each record says of the network, the data and the seeds."""
    return {"parameters": PARAMETERS, "seeds": list(seeds), "test_images": TEST_SIZE}
