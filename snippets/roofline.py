"""The roofline: how fast a layer can be, by its arithmetic and by the bytes that it moves.

Intensity: operations per byte of memory traffic. `peak`: operations per second. `bandwidth`: bytes per second. A layer
`out` x `in` for `batch` inputs makes 2 * out * in * batch operations and reads weights, inputs, writes outputs once.
Source: S. Williams et al., Roofline: An Insightful Visual Performance Model, Communications of the ACM 52, 2009.
"""


def intensity(outputs: int, inputs: int, batch: int, weight_bytes: float, value_bytes: float = 4) -> float:
    """Return the operations per byte of a dense layer."""
    moved = weight_bytes * outputs * inputs + value_bytes * batch * (inputs + outputs)
    return 2 * outputs * inputs * batch / moved


def attainable(operations_per_byte: float, peak: float, bandwidth: float) -> float:
    """Return the operations per second that the machine can reach."""
    return min(peak, operations_per_byte * bandwidth)


peak, bandwidth = 100e9, 20e9
for name, batch, weight_bytes in (
    ("float32", 1, 4),
    ("int8 weights", 1, 1),
    ("float32", 64, 4),
    ("int8 weights", 64, 1),
):
    found = intensity(1024, 1024, batch, weight_bytes)
    reached = attainable(found, peak, bandwidth) / 1e9
    print(f"{name}, batch {batch}: {found:.1f} operations per byte, at most {reached:.0f} of 100 GFLOP/s")
