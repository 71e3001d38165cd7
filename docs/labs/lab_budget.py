"""The budget lab: prune, clip and round the recorded CNN so that it fits into so many bytes, and keep its accuracy.

First one threshold for all layers, then symmetric codes with a scale for each output. What was pruned stays 0, and
rounding adds zeros of its own: a weight under half a step is gone as well.
Source: S. Han et al., Deep Compression, 2016, which prunes first and rounds then.
"""

from typing import Any

import lab_network
import lab_pruning
import lab_quantization
import lab_views
from lab_pruning import recorded
from lab_storage import NAMES, Stored
from lab_views import axis, fact, kilobytes, number, per_cent

SCHEME = "channel_symmetric"


def compress(sparsity: float, bits: int, keep: float) -> dict[str, lab_quantization.Codes]:
    """Prune `sparsity` per cent of all weights, then round what is left to codes of `bits` bits."""
    weights = lab_pruning.masked(lab_network.trained().weights, lab_pruning.globally(sparsity))
    return lab_quantization.quantize_all(weights, bits, SCHEME, keep)


def show(budget: float, sparsity: float, bits: int, keep: float, form: str) -> dict[str, Any]:
    """Compress, run the 500 digits, weigh: what the lab's page calls at each change. `budget` in kB of 1000 bytes."""
    codes = compress(sparsity, bits, keep)
    restored = {name: code.restored for name, code in codes.items()}
    now = lab_network.predict(lab_network.trained().with_weights(restored))
    accuracy = lab_network.accuracy(now)
    kept = lab_quantization.stored(codes, bits, affine=False)
    sizes = kept.bytes()
    size, limit = sizes[form], round(1000 * budget)
    fits = size <= limit
    apart = f"{number(abs(limit - size))} bytes {'to spare' if fits else 'too many'}"
    digits = lab_views.flips(now)
    facts = [
        fact("Fits" if fits else "Does not fit", kilobytes(size), apart),
        lab_views.accuracy_fact(accuracy),
        fact(
            "Zeros",
            per_cent(100 - 100 * kept.left / kept.count),
            "pruned, or rounded to 0",
        ),
        fact("Times smaller", f"{lab_network.trained().float32_bytes / size:.1f}", "than float32, dense"),
    ]
    views = [_curve(budget, size, accuracy, sparsity, bits), _sizes(kept, limit), digits]
    verdict = f"fits into {kilobytes(limit)}" if fits else f"does not fit into {kilobytes(limit)}"
    return {"say": f"{kilobytes(size)}, {verdict}, accuracy {per_cent(accuracy)}.", "facts": facts, "views": views}


def _curve(budget: float, size: int, accuracy: float, sparsity: float, bits: int) -> dict[str, Any]:
    points, weights = recorded()["both"], recorded()["bytes"]
    levels = sorted(points, key=int)
    lines = [
        lab_views.line(
            f"{per_cent(int(level), 0)} pruned",
            {weights[level][b][0] / 1000: found for b, found in points[level].items()},
            int(level) == sparsity,
        )
        for level in levels
    ]
    rows = [
        (per_cent(int(level), 0), b, kilobytes(weights[level][b][0]), f"{found[0]} ({found[1]}–{found[2]})")
        for level in levels
        for b, found in sorted(points[level].items(), key=lambda item: -int(item[0]))
    ]
    words = f"now: {kilobytes(size)}, {per_cent(accuracy)}"
    return lab_views.view(
        "curve",
        "Accuracy against bytes",
        "Recorded with five seeds, zipped, nothing clipped; along each curve from 8 bits at the right to 2 at the left."
        f" The upright line is the budget. {words[0].upper()}{words[1:]}.",
        (("Pruned", "Bits", "Zipped", "Accuracy"), rows),
        x=axis("size (kB)", {x: str(x) for x in (0, 10, 20, 30, 40)}),
        y=lab_views.accuracy_axis(25),
        lines=lines,
        live=lab_views.live_point(size / 1000, accuracy, words),
        limit=budget,
    )


def _sizes(kept: Stored, limit: int) -> dict[str, Any]:
    sizes = kept.bytes()
    rows = [(NAMES[form], size, kilobytes(size)) for form, size in sizes.items()]
    fitting = [NAMES[form] for form, size in sizes.items() if size <= limit]
    text = f"Within the budget: {', '.join(fitting)}." if fitting else "No format is within the budget."
    most = max(limit, *sizes.values())
    return lab_views.bars("Size by storage format", text, ("Stored as", "Size"), rows, most=most, limit=limit)
