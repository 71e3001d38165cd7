"""How many bytes weights take, by the way they are stored.

*Dense*: every value. *Bit mask*: one bit a weight says whether it is there, then the values that are. *CSR*: a value
and a column for each that is there, and where each row begins in 4 bytes. *Zipped*: the dense bytes after DEFLATE,
level 6, which is what zip and gzip take unless told otherwise; narrow codes lie in a byte each before it.
Sources: Y. Saad, Iterative Methods for Sparse Linear Systems, 2003, section 3.4 (CSR); RFC 1951 (DEFLATE).
"""

import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Stored:
    """What is stored: weights in all, those that are not zero, rows, and `data`, the dense bytes as they get zipped.

    `bits`: of one value; `index_bits`: of one column; `extra`: bytes of biases and scales, which every format has.
    """

    count: int
    left: int
    rows: int
    data: bytes
    bits: int
    index_bits: int
    extra: int

    def bytes(self) -> dict[str, int]:
        """Map each format to its bytes."""
        return {
            "dense": _whole(self.count * self.bits) + self.extra,
            "bitmask": _whole(self.count) + _whole(self.left * self.bits) + self.extra,
            "csr": _whole(self.left * (self.bits + self.index_bits)) + 4 * self.rows + self.extra,
            "zipped": len(zlib.compress(self.data, 6)) + self.extra,
        }


NAMES = {"dense": "dense", "bitmask": "bit mask and values", "csr": "CSR", "zipped": "dense, zipped"}


def _whole(bits: int) -> int:
    return -(-bits // 8)
