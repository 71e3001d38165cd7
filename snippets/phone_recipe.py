"""Recorded recipe: test accuracy in per cent and bytes after each step, 50 % or 80 % pruned (5 seeds).

STORED counts raw bytes: the same for both shares, because zeros are stored like any other number.
NOT_FINE_TUNED is pruned, then int8: per cent pruned to (accuracy, bytes zipped).
Written from precompute/records/phone-recipe.json; do not edit by hand.
"""

STORED = {"trained": 153128, "pruned": 153128, "fine_tuned": 153128, "int8": 38664, "int8_only": 38664}
ACCURACY_50 = {"trained": 98.3, "pruned": 98.3, "fine_tuned": 98.5, "int8": 98.5, "int8_only": 98.3}
ZIPPED_50 = {"trained": 142514, "pruned": 84162, "fine_tuned": 84375, "int8": 22939, "int8_only": 31485}
ACCURACY_80 = {"trained": 98.3, "pruned": 95.1, "fine_tuned": 98.6, "int8": 98.6, "int8_only": 98.3}
ZIPPED_80 = {"trained": 142514, "pruned": 42388, "fine_tuned": 42501, "int8": 11986, "int8_only": 31485}
NOT_FINE_TUNED = {50: (98.3, 22831), 80: (95.2, 11811)}
