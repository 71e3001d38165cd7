"""Recorded pruning sweep: per cent of weights pruned to test accuracy in per cent (500 digits, 3 seeds).

PRUNED was measured right after global L1 pruning, FINE_TUNED after 3 more epochs under the mask.
Written from precompute/records/pruning-sweep.json; do not edit by hand.
"""

PRUNED = {0: 98.4, 10: 98.4, 30: 98.5, 50: 98.1, 70: 97.7, 80: 95.2, 90: 71.9, 95: 43.5}
FINE_TUNED = {0: 98.3, 10: 98.3, 30: 98.4, 50: 98.6, 70: 98.6, 80: 98.8, 90: 98.0, 95: 92.2}
