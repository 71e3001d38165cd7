"""Recorded recipe: test accuracy in per cent and bytes after each step, 50 % or 80 % pruned (3 seeds).

STORED counts raw bytes: the same for both shares, because zeros are stored like any other number.
NOT_FINE_TUNED is pruned, then int8: per cent pruned to (accuracy, bytes zipped).
Written from precompute/records/phone-recipe.json; do not edit by hand.
"""

STORED = {"trained": 153128, "pruned": 153128, "fine_tuned": 153128, "int8": 38664, "int8_only": 38664}
ACCURACY_50 = {"trained": 98.4, "pruned": 98.1, "fine_tuned": 98.6, "int8": 98.6, "int8_only": 98.4}
ZIPPED_50 = {"trained": 142507, "pruned": 84205, "fine_tuned": 84414, "int8": 22776, "int8_only": 31069}
ACCURACY_80 = {"trained": 98.4, "pruned": 95.2, "fine_tuned": 98.8, "int8": 98.8, "int8_only": 98.4}
ZIPPED_80 = {"trained": 142507, "pruned": 42441, "fine_tuned": 42560, "int8": 12017, "int8_only": 31069}
NOT_FINE_TUNED = {50: (98.1, 22663), 80: (95.1, 11836)}
