"""Amdahl's law: how much faster the whole gets when a part of it does.

`share`: the part's share of the time before, 0..1. `factor`: how many times faster the part becomes.
Source: G. Amdahl, Validity of the single processor approach to achieving large scale computing capabilities, 1967.
"""


def speedup(share: float, factor: float) -> float:
    """Return old time over new time of the whole."""
    return 1 / (1 - share + share / factor)


for factor in (2, 4, 1000):
    print(f"convolutions are 80 % of the time and get {factor} times faster: whole {speedup(0.8, factor):.2f} times")
