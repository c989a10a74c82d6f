"""What every test stands on: property tests that draw the same examples each time."""

from hypothesis import HealthCheck, settings

# No test is timed: on a loaded machine examples are drawn slowly, and that is no failure
settings.register_profile(
    "koppeling",
    deadline=None,
    derandomize=True,
    max_examples=100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("koppeling")
