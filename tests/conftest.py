"""What all tests share, and the profiles of the fuzz tests: bounded and repeatable, or long for `make fuzz`."""

import contextlib
import os

# The tests start hundreds of Pythons, two at a time on two processors: there a second thread only waits for the others.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

pytest_plugins = ["pytester"]
# Pages that are wrong on purpose; test_cases.py reads them.
collect_ignore = ["cases"]

with contextlib.suppress(ImportError):  # the other tests run without hypothesis
    from hypothesis import HealthCheck, settings

    SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile("tests", max_examples=200, deadline=None, derandomize=True, suppress_health_check=SLOW)
    settings.register_profile("fuzz", max_examples=20_000, deadline=None, database=None, suppress_health_check=SLOW)
    settings.load_profile("tests")
