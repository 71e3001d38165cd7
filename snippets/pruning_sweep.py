"""Recorded pruning sweep: per cent of weights pruned to test accuracy in per cent (500 digits, 5 seeds).

PRUNED was measured right after global L1 pruning, FINE_TUNED after 3 more epochs under the mask.
Written from precompute/records/pruning-sweep.json; do not edit by hand.
"""

PRUNED = {0: 98.3, 10: 98.3, 30: 98.3, 50: 98.3, 70: 97.6, 80: 95.1, 90: 71.4, 95: 39.4}
FINE_TUNED = {0: 98.4, 10: 98.4, 30: 98.4, 50: 98.5, 70: 98.6, 80: 98.6, 90: 97.8, 95: 92.3}
