"""What all tests share, and the profiles of the fuzz tests: bounded and repeatable, or long for `make fuzz`."""

import contextlib

pytest_plugins = ["pytester"]
# Pages that are wrong on purpose; test_cases.py reads them.
collect_ignore = ["cases"]

with contextlib.suppress(ImportError):  # the other tests run without hypothesis
    from hypothesis import HealthCheck, settings

    SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile("tests", max_examples=200, deadline=None, derandomize=True, suppress_health_check=SLOW)
    settings.register_profile("fuzz", max_examples=20_000, deadline=None, database=None, suppress_health_check=SLOW)
    settings.load_profile("tests")
