"""The recorded CNN in NumPy: what the labs run in the page, and the tests hold against PyTorch.

| layer | does | weights (shape) |
|---|---|---|
| conv1 | 3 x 3, padding 1, 1 to 16 channels, on 8 x 8; ReLU; 2 x 2 max pooling | (16, 1, 3, 3) |
| conv2 | 3 x 3, padding 1, 16 to 32 channels, on 4 x 4; ReLU | (32, 16, 3, 3) |
| fc1 | 512 to 64; ReLU | (64, 512) |
| fc2 | 64 to 10 logits | (10, 64) |

`network.f32` holds weights and biases of each layer in turn, little-endian float32; `digits.u8` holds 500 labels, then
500 images of 8 x 8 grey levels, 0 to 16. Both are written by precompute/lab_weights.py, which trains the network.

In the browser NumPy has no BLAS. Measured there on one core, for conv2 and 500 digits: `columns @ weights.T` 41 ms,
`np.dot` 26 ms, a multiply-add for each weight 73 ms, `einsum` 14 ms: its inner loop runs along both rows at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Weights = dict[str, Floats]

FOLDER = Path(__file__).parent
SHAPES = {"conv1": (16, 1, 3, 3), "conv2": (32, 16, 3, 3), "fc1": (64, 512), "fc2": (10, 64)}
PLACES = {"conv1": 64, "conv2": 16, "fc1": 1, "fc2": 1}
DIGITS = 500


@dataclass(frozen=True)
class Network:
    """Weights (out, ...) and biases (out,) by layer; a smaller network has smaller arrays."""

    weights: Weights
    biases: Weights

    def with_weights(self, weights: Weights) -> "Network":
        """Return the network with other weights and the same biases."""
        return Network(weights, self.biases)

    @property
    def size(self) -> int:
        """Count the weights; biases are not counted."""
        return sum(weight.size for weight in self.weights.values())

    @property
    def outputs(self) -> int:
        """Count the biases, one for each output."""
        return sum(len(bias) for bias in self.biases.values())

    @property
    def float32_bytes(self) -> int:
        """Count the bytes of weights and biases, stored densely."""
        return 4 * (self.size + self.outputs)

    @property
    def macs(self) -> int:
        """Count the multiply-accumulates of one image."""
        return sum(PLACES[name] * weight.size for name, weight in self.weights.items())


def read_network(data: bytes) -> Network:
    """Read `network.f32`. Raises ValueError for a file of another length."""
    values = np.frombuffer(data, "<f4").astype(np.float32)
    expected = sum(int(np.prod(shape)) + shape[0] for shape in SHAPES.values())
    if len(values) != expected:
        raise ValueError(f"network.f32 holds {len(data)} bytes, expected {4 * expected}: it is not of this lab")
    weights, biases, place = {}, {}, 0
    for name, shape in SHAPES.items():
        count = int(np.prod(shape))
        weights[name] = values[place : place + count].reshape(shape)
        biases[name] = values[place + count : place + count + shape[0]]
        place += count + shape[0]
    return Network(weights, biases)


def read_digits(data: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return grey levels (500, 8, 8, 1) and labels (500,). Raises ValueError for a file of another length."""
    if len(data) != DIGITS * 65:
        raise ValueError(f"digits.u8 holds {len(data)} bytes, expected {DIGITS * 65}: it is not of this lab")
    values = np.frombuffer(data, np.uint8)
    return values[DIGITS:].reshape(DIGITS, 8, 8, 1), values[:DIGITS]


def patches(images: Floats) -> Floats:
    """Lay out the 3 x 3 neighbourhood of each pixel, zeros outside: (n, h, w, c) to (n * h * w, 9 * c)."""
    count, height, width, channels = images.shape
    padded = np.zeros((count, height + 2, width + 2, channels), np.float32)
    padded[:, 1:-1, 1:-1] = images
    windows = np.empty((count, height, width, 3, 3, channels), np.float32)
    for down in range(3):
        for right in range(3):
            windows[:, :, :, down, right] = padded[:, down : down + height, right : right + width]
    return windows.reshape(count * height * width, 9 * channels)


def rows_of(weight: Floats) -> Floats:
    """Turn filters (out, in, 3, 3) into rows (out, 9 * in) in the order of `patches`."""
    return np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(len(weight), -1)


def product(columns: Floats, rows: Floats, bias: Floats) -> Floats:
    """Multiply (n, k) by the rows (out, k), and add the bias: (n, out)."""
    return np.einsum("nk,ok->no", columns, rows) + bias


def relu(values: Floats) -> Floats:
    """Cut off below 0, in place."""
    return np.maximum(values, 0, out=values)


def by_pool(columns: Floats) -> Floats:
    """Sort the rows of 8 x 8 images by their place in the 2 x 2 pool: (n * 64, k) to (k, 4, n * 16).

    Then pooling compares four whole arrays; with the four places beside each other it took four times as long.
    """
    places = columns.reshape(-1, 4, 2, 4, 2, columns.shape[1]).transpose(5, 2, 4, 0, 1, 3)
    return np.ascontiguousarray(places).reshape(columns.shape[1], 4, -1)


def logits(network: Network, columns: Floats) -> Floats:
    """Run the network on images that `patches` and `by_pool` laid out: (9, 4, n * 16) to logits (n, 10)."""
    weights, biases = network.weights, network.biases
    # Only nine weights an output: here the loop over images is the one to be long.
    first = np.einsum("kpn,ok->opn", columns, rows_of(weights["conv1"]))
    # Bias and ReLU keep the order, so they may come after the pooling, on a quarter of the values.
    pooled = np.maximum(np.maximum(first[:, 0], first[:, 1]), np.maximum(first[:, 2], first[:, 3]))
    images = relu(pooled + biases["conv1"][:, None]).T.reshape(-1, 4, 4, len(pooled))
    second = relu(product(patches(images), rows_of(weights["conv2"]), biases["conv2"]))
    # fc1 was trained on features in the order channel, row, column.
    features = second.reshape(len(images), 16, -1).transpose(0, 2, 1).reshape(len(images), -1)
    hidden = relu(product(features, weights["fc1"], biases["fc1"]))
    return product(hidden, weights["fc2"], biases["fc2"])


@cache
def trained() -> Network:
    """Read the shipped network, once."""
    return read_network((FOLDER / "network.f32").read_bytes())


@cache
def pictures() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the 500 held-out digits, once: grey levels (500, 8, 8, 1) from 0 to 16, and labels (500,)."""
    return read_digits((FOLDER / "digits.u8").read_bytes())


@cache
def digits() -> tuple[Floats, NDArray[np.uint8]]:
    """Return the held-out digits as the network reads them: patches (9, 4, 500 * 16) and labels (500,)."""
    levels, labels = pictures()
    return by_pool(patches(levels / np.float32(16))), labels


def predict(network: Network) -> NDArray[np.intp]:
    """Return the class (500,) of each held-out digit; the first one where logits are equal."""
    return logits(network, digits()[0]).argmax(axis=1)


@cache
def dense_predictions() -> NDArray[np.intp]:
    """Return what the untouched network says, once."""
    return predict(trained())


def accuracy(predictions: NDArray[np.intp]) -> float:
    """Return per cent of the held-out digits that are right; a multiple of 0.2."""
    return round(100 * int((predictions == digits()[1]).sum()) / DIGITS, 1)


def changed(weights: Weights, change: Callable[[Floats], Floats]) -> Weights:
    """Return new weights, layer by layer."""
    return {name: change(weight) for name, weight in weights.items()}
