"""Four-bit weights in groups: one scale for each `group` weights, and what the scales cost.

`weights`: (n,), n a multiple of `group`. Codes: int8 in -7..7, of which 4 bits are stored. Scales: (n / group,), in the
unit of the weights, stored in 16 bits each. Small groups follow outliers better and pay more bits for scales.
Source: T. Dettmers et al., QLoRA: Efficient Finetuning of Quantized LLMs, 2023, section 2 (block-wise quantization).
"""

import numpy as np
from numpy.typing import NDArray


def quantize(weights: NDArray[np.float64], group: int) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return codes (n / group, group) and scales (n / group, 1), by the largest absolute weight of each group."""
    grouped = weights.reshape(-1, group)
    largest = np.abs(grouped).max(axis=1, keepdims=True)
    scales = np.where(largest > 0, largest, 7) / 7
    return np.clip(np.round(grouped / scales), -7, 7).astype(np.int8), scales


def bits_per_weight(group: int, code_bits: int = 4, scale_bits: int = 16) -> float:
    """Return the bits stored for a weight, its share of the scale included."""
    return code_bits + scale_bits / group


weights = np.sin(np.arange(256.0))
weights[100] = 20.0  # an outlier
for group in (32, 64, 128):
    codes, scales = quantize(weights, group)
    error = np.sqrt(np.mean((codes * scales - weights.reshape(-1, group)) ** 2))
    print(f"groups of {group}: {bits_per_weight(group)} bits per weight, RMS error {error:.3f}")
