"""Latency is the time of one prediction, throughput is predictions in a second: a batch trades one for the other.

A batch of n takes `fixed` + n * `each` milliseconds: starting costs once, each image costs again. Latency in ms;
throughput in images per second.
Source: J. Hennessy, D. Patterson, Computer Architecture: A Quantitative Approach, 6th edition, 2019, section 1.8.
"""


def latency(batch: int, fixed: float, each: float) -> float:
    """Return the ms after which the results of a batch are there."""
    return fixed + batch * each


def throughput(batch: int, fixed: float, each: float) -> float:
    """Return the images per second when batch follows batch."""
    return 1000 * batch / latency(batch, fixed, each)


for batch in (1, 8, 64):
    ms, rate = latency(batch, fixed=4.0, each=0.5), throughput(batch, fixed=4.0, each=0.5)
    print(f"batch {batch}: latency {ms:g} ms, throughput {rate:.0f} images/s, at most {1000 / 0.5:.0f}")
