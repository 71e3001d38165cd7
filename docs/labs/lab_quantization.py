"""The quantization lab: round the weights of the recorded CNN to codes of a few bits, and see what that changes.

*Symmetric*: codes -(2^(b-1) - 1) to 2^(b-1) - 1 with zero-point 0. *Affine*: 2^b codes over the range of the weights,
0 among them. *Per tensor*: one scale a layer; *per channel*: one for each output. Clipping: weights beyond the given
percentile of the absolute values take its value first, which makes the steps between codes smaller.
Source: R. Krishnamoorthi, Quantizing deep convolutional networks for efficient inference, 2018, section 2.
"""

import itertools
from dataclasses import dataclass
from typing import Any

import lab_network
import lab_views
import numpy as np
from lab_network import Floats, Weights
from lab_pruning import recorded
from lab_storage import NAMES, Stored
from lab_views import axis, fact, kilobytes, number, per_cent
from numpy.typing import NDArray

SCHEMES = {
    "tensor_symmetric": "per tensor, symmetric",
    "channel_symmetric": "per channel, symmetric",
    "tensor_affine": "per tensor, affine",
    "channel_affine": "per channel, affine",
}
BINS = 20


@dataclass(frozen=True)
class Codes:
    """One layer's codes (rows, n) as integers, with scale and zero-point (rows, 1): value = scale * (code - zero)."""

    codes: NDArray[np.int16]
    scale: Floats
    zero: NDArray[np.int16]
    shape: tuple[int, ...]

    @property
    def restored(self) -> Floats:
        """The weights that the codes stand for, in their layer's shape."""
        return ((self.codes - self.zero) * self.scale).reshape(self.shape)

    @property
    def is_zero(self) -> NDArray[np.bool_]:
        """Which codes say 0."""
        return self.codes == self.zero


def quantize(weight: Floats, bits: int, per_channel: bool, affine: bool, keep: float = 100) -> Codes:
    """Round one layer's weights (out, ...); `keep`: per cent of the absolute values that are not clipped."""
    rows = weight.reshape(len(weight) if per_channel else 1, -1)
    if keep < 100:
        limits = np.quantile(np.abs(rows), keep / 100, axis=1, keepdims=True).astype(np.float32)
        rows = np.clip(rows, -limits, limits)
    if affine:
        low, high = rows.min(axis=1, keepdims=True).clip(max=0), rows.max(axis=1, keepdims=True).clip(min=0)
        lowest, highest = 0, 2**bits - 1
        scale = _nonzero((high - low) / np.float32(highest))
        zero = np.rint(-low / scale).astype(np.int16)
    else:
        highest = 2 ** (bits - 1) - 1
        lowest = -highest
        scale = _nonzero(np.abs(rows).max(axis=1, keepdims=True) / np.float32(highest))
        zero = np.zeros_like(scale, np.int16)
    # Times the reciprocal, as PyTorch does it: a division may round a tie the other way.
    codes = np.clip(np.rint(rows * (np.float32(1) / scale)) + zero, lowest, highest)
    return Codes(codes.astype(np.int16), scale, zero, weight.shape)


def _nonzero(scale: Floats) -> Floats:
    return np.where(scale > 0, scale, np.float32(1))  # a row of zeros: any scale will do


def quantize_all(weights: Weights, bits: int, scheme: str, keep: float = 100) -> dict[str, Codes]:
    """Round every layer by one of SCHEMES."""
    per_channel, affine = scheme.startswith("channel"), scheme.endswith("affine")
    return {name: quantize(weight, bits, per_channel, affine, keep) for name, weight in weights.items()}


def sqnr(weight: Floats, restored: Floats) -> float:
    """Return the signal-to-quantization-noise ratio in decibels: 10 log10 of the ratio of the squares' sums."""
    noise = float(((weight - restored).astype(np.float64) ** 2).sum())
    signal = float((weight.astype(np.float64) ** 2).sum())
    return 10 * float(np.log10(signal / noise)) if noise else float("inf")


def errors_in_steps(weights: Weights, codes: dict[str, Codes]) -> Floats:
    """Return each weight's error in steps of its own scale: within half a step, unless it was clipped."""
    found = [
        ((code.restored - weights[name]).reshape(len(code.scale), -1) / code.scale).ravel()
        for name, code in codes.items()
    ]
    return np.concatenate(found)


def stored(codes: dict[str, Codes], bits: int, affine: bool) -> Stored:
    """Describe the codes for lab_storage: 4 bytes a scale, 1 more a zero-point, float32 biases, 16-bit columns."""
    scales = sum(len(code.scale) for code in codes.values())
    biases = lab_network.trained().outputs
    zeros = sum(int(code.is_zero.sum()) for code in codes.values())
    count = sum(code.codes.size for code in codes.values())
    data = b"".join(code.codes.astype(np.uint8).tobytes() for code in codes.values())
    extra = (5 if affine else 4) * scales + 4 * biases
    return Stored(count, count - zeros, biases + len(codes), data, bits, 16, extra)


def show(bits: int, scale: str, range: str, keep: float) -> dict[str, Any]:  # noqa: A002  (the page's own word)
    """Round, run the 500 digits, and describe what came of it: what the lab's page calls at each change."""
    scheme = f"{scale}_{range}"
    weights = lab_network.trained().weights
    codes = quantize_all(weights, bits, scheme, keep)
    restored = {name: code.restored for name, code in codes.items()}
    now = lab_network.predict(lab_network.trained().with_weights(restored))
    accuracy = lab_network.accuracy(now)
    digits = lab_views.flips(now)
    flat, back = (np.concatenate([w.ravel() for w in each.values()]) for each in (weights, restored))
    kept = stored(codes, bits, range == "affine")
    facts = [
        lab_views.accuracy_fact(accuracy),
        fact("SQNR", f"{sqnr(flat, back):.1f}{lab_views.SPACE}dB", "of all weights together"),
        fact("Codes", number(2**bits - (range == "symmetric")), f"{bits} bits, {SCHEMES[scheme]}"),
        fact("Rounded to 0", per_cent(100 - 100 * kept.left / kept.count), "of all weights"),
    ]
    views = [
        _curve(bits, scheme, keep, accuracy),
        digits,
        _histogram(weights, codes),
        _sqnr(weights, restored),
        _filters(weights["conv1"], restored["conv1"]),
        _sizes(kept),
    ]
    said = f"{bits} bits, {SCHEMES[scheme]}: accuracy {per_cent(accuracy)}. {digits['text']}"
    return {"say": said, "facts": facts, "views": views}


def _curve(bits: int, scheme: str, keep: float, accuracy: float) -> dict[str, Any]:
    found = recorded()["rounded"]
    lines = [
        lab_views.line(words, {int(x): points for x, points in found[name].items()}, name == scheme)
        for name, words in SCHEMES.items()
    ]
    rows = [
        (str(x), *(f"{found[name][str(x)][0]} ({found[name][str(x)][1]}–{found[name][str(x)][2]})" for name in SCHEMES))
        for x in recorded()["bits"]
    ]
    words = f"now: {bits} bits, {per_cent(accuracy)}"
    cut = " Nothing is clipped in what was recorded." if keep < 100 else ""
    return lab_views.view(
        "curve",
        "Accuracy against bits",
        f"Recorded with five seeds, and the network of this lab as a large dot. {words[0].upper()}{words[1:]}.{cut}",
        (("Bits", *SCHEMES.values()), rows),
        x=axis("bits a weight", {x: str(x) for x in recorded()["bits"]}),
        y=lab_views.accuracy_axis(10),
        lines=lines,
        live=lab_views.live_point(bits, accuracy, words),
    )


def _histogram(weights: Weights, codes: dict[str, Codes]) -> dict[str, Any]:
    errors = errors_in_steps(weights, codes)
    beyond = float((np.abs(errors) > 0.5 + 1e-3).mean())
    places = np.clip(np.floor((errors + 0.5) * BINS), -1, BINS).astype(int) + 1
    shares = np.bincount(places, minlength=BINS + 2) / len(errors)
    edges = [f"{n / BINS - 0.5:+.2f}".replace("-", "−") for n in np.arange(BINS + 1)]
    inner = [f"{low} to {high}" for low, high in itertools.pairwise(edges)]
    names = ["below −0.50: clipped", *inner, "above +0.50: clipped"]
    rows = [(name, per_cent(100 * share, 2)) for name, share in zip(names, shares.tolist(), strict=True)]
    text = (
        "How far weights move, in steps between two codes. With many codes the errors spread evenly over half a step "
        "to either side; with few they do not, for most weights are small. "
        + (f"{per_cent(100 * beyond, 2)} of the weights are clipped." if beyond else "No weight is clipped.")
    )
    table = (("Error, in steps", "Share of the weights"), rows)
    ends = ["−0.5", "0", "+0.5"]
    return lab_views.view("histogram", "Errors of rounding", text, table, shares=shares.tolist(), ends=ends)


def _sqnr(weights: Weights, restored: Weights) -> dict[str, Any]:
    ratios = {name: sqnr(weights[name], restored[name]) for name in weights}
    rows = [
        (name, max(ratio, 0.0), f"{ratio:.1f}{lab_views.SPACE}dB".replace("-", "−")) for name, ratio in ratios.items()
    ]
    text = "Signal against rounding noise in each layer; one bit more is worth about 6 dB."
    return lab_views.bars("SQNR by layer", text, ("Layer", "SQNR"), rows, most=50)


def _filters(weight: Floats, restored: Floats) -> dict[str, Any]:
    values = len(np.unique(restored))
    text = (
        f"The sixteen 3 × 3 filters of conv1 after rounding: {values} different values in {weight.size} weights. The "
        "larger a square, the larger the weight; filled is positive, hollow negative, a dot is 0."
    )
    return lab_views.kernels("Filters of the first layer", text, restored, float(np.abs(weight).max()))


def _sizes(kept: Stored) -> dict[str, Any]:
    sizes = kept.bytes()
    whole = lab_network.trained().float32_bytes
    packed, zipped = sizes["dense"], sizes["zipped"]
    rows = [
        ("float32, dense", whole, kilobytes(whole)),
        (f"{kept.bits}-bit codes, packed", packed, kilobytes(packed)),
        (f"{kept.bits}-bit codes, {NAMES['bitmask']}", sizes["bitmask"], kilobytes(sizes["bitmask"])),
        ("a byte a code, zipped", zipped, kilobytes(zipped)),
    ]
    text = (
        f"Packed, the codes take {whole / packed:.1f} times less than float32; zipped, {whole / zipped:.1f} times less."
    )
    return lab_views.bars("Size by storage format", text, ("Stored as", "Size"), rows, most=whole)
