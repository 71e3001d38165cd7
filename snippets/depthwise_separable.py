"""What a depthwise separable convolution saves: parameters and multiply-accumulates of one layer.

`channels_in`, `channels_out`: counts; `kernel`: side in pixels; `side`: the output's side in pixels (stride 1, padded).
No biases. The ratio is 1 / channels_out + 1 / kernel^2 for parameters and MACs alike.
Source: A. Howard et al., MobileNets, 2017, section 3.1.
"""


def standard(channels_in: int, channels_out: int, kernel: int) -> int:
    """Return the parameters of an ordinary convolution."""
    return channels_in * channels_out * kernel**2


def separable(channels_in: int, channels_out: int, kernel: int) -> int:
    """Return the parameters of a depthwise convolution followed by a 1 x 1 convolution."""
    return channels_in * kernel**2 + channels_in * channels_out


side = 14
for name, parameters in (("standard", standard(64, 128, 3)), ("separable", separable(64, 128, 3))):
    print(f"{name}: {parameters} parameters, {parameters * side**2} MACs")
print("ratio", round(separable(64, 128, 3) / standard(64, 128, 3), 4), "=", round(1 / 128 + 1 / 9, 4))
