"""Loss scaling: multiply the loss so that small gradients survive float16, divide again in float32.

`gradients`: (n,), float32. `scale`: a power of two, so that scaling itself rounds nothing. Too small a scale:
gradients below about 3e-8 become 0. Too large: those above 65504 / scale become infinite, and the step has to be left
out.
Source: P. Micikevicius et al., Mixed Precision Training, 2018, section 3.2.
"""

import numpy as np
from numpy.typing import NDArray


def through_float16(gradients: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Return the gradients as they come back from float16, unscaled in float32."""
    with np.errstate(over="ignore"):
        return (gradients * np.float32(scale)).astype(np.float16).astype(np.float32) / np.float32(scale)


gradients = np.array([1e-9, 1e-8, 1e-6, 0.01, 2.0], dtype=np.float32)
for scale in (1.0, 1024.0, 65536.0):
    back = through_float16(gradients, scale)
    print(f"scale {scale:.0f}: {np.count_nonzero(back == 0)} vanish, {np.isinf(back).sum()} overflow")
