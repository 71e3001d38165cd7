"""Fake quantization of the small CNN: values are rounded to what codes of so many bits can say, in float32 arithmetic.

It measures what the codes cost in accuracy, not what an integer kernel gains. Biases stay float32.

Weights. Symmetric: codes -(2^(b-1) - 1) to 2^(b-1) - 1, scale max|w| over the largest code, zero-point 0. Affine:
2^b codes over the range from min(w, 0) to max(w, 0), zero-point rounded. Per tensor: one scale a layer; per channel:
one for each output (filter or neuron).

Activations. The input of each layer, per tensor, codes 0 to 2^b - 1 over 0 to a limit: images are 0 to 1, and what ReLU
gives is not negative. The limit comes from calibration: the layer's inputs for the first 500 training images.

Gradients pass straight through the rounding inside the range, and are 0 outside (torch.fake_quantize_per_*).
"""

import copy
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from _cnn import SmallCNN, digits, prunable
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils import parametrize

CALIBRATION_IMAGES = 500
BINS = 1024
CANDIDATES = 64

Limits = list[float]
Calibration = Callable[[NDArray[np.float64], int], float]


class FakeWeight(nn.Module):
    """A parametrization that rounds a weight (out, ...) to codes of `bits` bits, and lets the gradient through."""

    def __init__(self, bits: int, per_channel: bool = True, affine: bool = False) -> None:
        super().__init__()
        self.bits, self.per_channel, self.affine = bits, per_channel, affine

    def forward(self, weight: Tensor) -> Tensor:
        rows = weight.detach().flatten(1) if self.per_channel else weight.detach().reshape(1, -1)
        rows = rows.expand(len(weight), -1)
        if self.affine:
            low, high = rows.amin(1).clamp(max=0), rows.amax(1).clamp(min=0)
            lowest, highest = 0, 2**self.bits - 1
            scale = _nonzero((high - low) / highest)
            zero = torch.round(-low / scale).to(torch.int32)
        else:
            highest = 2 ** (self.bits - 1) - 1
            lowest = -highest
            scale = _nonzero(rows.abs().amax(1) / highest)
            zero = torch.zeros(len(weight), dtype=torch.int32)
        return torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, lowest, highest)


def _nonzero(scale: Tensor) -> Tensor:
    return torch.where(scale > 0, scale, torch.ones_like(scale))  # a row of zeros: any scale will do


def quantized(
    trained: SmallCNN, weights: FakeWeight | None, activation_bits: int = 0, limits: Limits | None = None
) -> SmallCNN:
    """Return a copy whose weights, and where `limits` are given its layers' inputs, are fake-quantized."""
    model = copy.deepcopy(trained)
    for index, (layer, name) in enumerate(prunable(model)):
        if weights:
            parametrize.register_parametrization(layer, name, copy.deepcopy(weights))
        if limits:
            layer.register_forward_pre_hook(partial(_fake_input, activation_bits, limits[index]))
    return model


def _fake_input(bits: int, limit: float, _layer: nn.Module, inputs: tuple[Tensor]) -> Tensor:
    return torch.fake_quantize_per_tensor_affine(inputs[0], limit / (2**bits - 1), 0, 0, 2**bits - 1)


def layer_inputs(model: SmallCNN) -> list[NDArray[np.float64]]:
    """Collect what each of the four layers reads for the calibration images, as flat arrays."""
    seen: list[NDArray[np.float64]] = []
    hooks = [
        layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].double().numpy().ravel()))
        for layer, _ in prunable(model)
    ]
    with torch.no_grad():
        model(digits().train_images[:CALIBRATION_IMAGES])
    for hook in hooks:
        hook.remove()
    return seen


def highest(values: NDArray[np.float64], _bits: int) -> float:
    """Take the largest value: nothing is clipped."""
    return float(values.max())


def percentile(values: NDArray[np.float64], _bits: int, per_cent: float = 99.9) -> float:
    """Take the value that this many per cent of all non-zero values do not exceed."""
    return float(np.quantile(values[values > 0], per_cent / 100))


def least_error(values: NDArray[np.float64], bits: int) -> float:
    """Take, of 64 limits up to the largest value, the one with the least mean squared error."""
    counts, edges = np.histogram(values, BINS, (0, values.max()))
    middles, steps = (edges[:-1] + edges[1:]) / 2, 2**bits - 1

    def error(limit: float) -> float:
        scale = limit / steps
        restored = np.minimum(np.round(middles / scale), steps) * scale
        return float(counts @ (middles - restored) ** 2)

    return float(min(values.max() * np.arange(1, CANDIDATES + 1) / CANDIDATES, key=error))


def entropy(values: NDArray[np.float64], bits: int) -> float:
    """Take, of 64 limits, the one whose quantized histogram says the most about the original one.

    S. Migacz, 8-bit Inference with TensorRT, 2017: the least Kullback-Leibler divergence; zeros, which are exact, are
    left out of the histogram.
    """
    counts, edges = np.histogram(values[values > 0], BINS, (0, values.max()))
    first = max(2**bits, BINS // CANDIDATES)
    ends = [end for end in range(BINS // CANDIDATES, BINS + 1, BINS // CANDIDATES) if end >= first]
    return float(edges[min(ends, key=lambda end: _divergence(counts.astype(np.float64), end, 2**bits))])


def _divergence(counts: NDArray[np.float64], end: int, levels: int) -> float:
    wanted = counts[:end].copy()
    wanted[-1] += counts[end:].sum()
    filled = counts[:end] > 0
    group = np.arange(end) * levels // end
    totals = np.bincount(group, counts[:end], levels)
    shared = totals / np.maximum(np.bincount(group, filled, levels), 1)
    given = np.where(filled, shared[group], 0)
    wanted, given = wanted / wanted.sum(), given / max(given.sum(), 1)
    used = wanted > 0
    return float((wanted[used] * np.log(wanted[used] / np.maximum(given[used], 1e-9))).sum())
