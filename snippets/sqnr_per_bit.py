"""Each bit more gains about 6.02 dB of signal over quantization noise.

`signal`: (n,). SQNR in decibels: 10 log10 of the signal's power over the error's. One bit more halves the step, a
quarter of the error's power: 10 log10 4 = 6.02. True while errors spread evenly over a step and nothing is clipped.
Source: W. R. Bennett, Spectra of Quantized Signals, Bell System Technical Journal 27, 1948.
"""

import numpy as np
from numpy.typing import NDArray


def sqnr(signal: NDArray[np.float64], bits: int) -> float:
    """Return the SQNR in dB after symmetric quantization of the signal to `bits` bits."""
    scale = np.abs(signal).max() / (2 ** (bits - 1) - 1)
    error = np.round(signal / scale) * scale - signal
    return float(10 * np.log10(np.mean(signal**2) / np.mean(error**2)))


signal = np.linspace(-1, 1, 100_003)
for bits in (4, 6, 8, 10):
    print(bits, "bits:", round(sqnr(signal, bits), 1), "dB")
