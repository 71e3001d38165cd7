"""A pytest plugin with the long profile of `make fuzz`; `make test` keeps Hypothesis's own bounds."""

from hypothesis import HealthCheck, settings

settings.register_profile("fuzz", max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
