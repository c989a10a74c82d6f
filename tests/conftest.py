"""What every test stands on: property tests that draw the same examples each time."""

from hypothesis import settings

settings.register_profile(
    "koppeling", deadline=None, derandomize=True, max_examples=100, database=None
)
settings.load_profile("koppeling")
