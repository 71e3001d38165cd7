"""Range and precision of 16-bit and 8-bit floats, from their exponent and mantissa bits.

`exponent`, `mantissa`: bits. Largest: finite number. Tiny: the smallest normal one. Epsilon: the gap after 1.
E4M3 gives up infinities for one more binade: only the all-ones mantissa is NaN there, so its largest number is 448.
Source: P. Micikevicius et al., FP8 Formats for Deep Learning, 2022, section 3; IEEE 754-2019, section 3.6.
"""


def limits(exponent: int, mantissa: int, infinities: bool = True) -> tuple[float, float, float]:
    """Return largest, tiny and epsilon of a format."""
    bias = 2 ** (exponent - 1) - 1
    epsilon = 2.0**-mantissa
    largest = (2 - epsilon) * 2.0**bias if infinities else (2 - 2 * epsilon) * 2.0 ** (bias + 1)
    return largest, 2.0 ** (1 - bias), epsilon


for name, exponent, mantissa, infinities in (
    ("float16", 5, 10, True),
    ("bfloat16", 8, 7, True),
    ("float8 E5M2", 5, 2, True),
    ("float8 E4M3", 4, 3, False),
):
    largest, tiny, epsilon = limits(exponent, mantissa, infinities)
    print(f"{name}: largest {largest:g}, tiny {tiny:g}, epsilon {epsilon:g}")
