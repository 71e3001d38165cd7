"""Does a job take as long as its input is large? Told from two sizes by the processor time of this process."""

import gc
import time
from collections.abc import Callable

# Linear is 8 times as long, quadratic 64 times.
FACTOR, LIMIT, TRIES = 8, 24, 5
# Seconds below which the clock and the caches say more than the job.
ENOUGH = 0.02


def cpu_seconds(job: Callable[[int], object], size: int) -> float:
    """The processor time of `job(size)` without the garbage collector, whose work grows with what other tests left."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        job(size)
        return time.process_time() - start
    finally:
        gc.enable()


def grows_with_size(job: Callable[[int], object], size: int, largest: int) -> bool:
    """Whether the time of `job` is about proportional to its size, from `size` or what takes a while up to `largest`.

    Only a job that fails every try is called slow: what a busy machine adds is never there five times.
    """
    while cpu_seconds(job, size) < ENOUGH and size * 2 * FACTOR <= largest:
        size *= 2
    return any(cpu_seconds(job, size * FACTOR) < LIMIT * max(cpu_seconds(job, size), ENOUGH / 2) for _ in range(TRIES))
