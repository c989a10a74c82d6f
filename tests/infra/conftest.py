"""The template and the build, each made once for all tests."""

from pathlib import Path

import pytest

from tests.infra.template import MAIL, Template, expanded
from tools.stack.build import build


@pytest.fixture(scope="session")
def production() -> Template:
    """Return the template as it goes to production, with its mail addresses."""
    return expanded("production", AlarmMail="beheer@koppeling.example", **MAIL)


@pytest.fixture(scope="session")
def local() -> Template:
    """Return the template as it goes to the emulator."""
    return expanded("local")


@pytest.fixture(scope="session")
def built() -> Path:
    """Return the folder of `sam build`, built from the sources as they are now."""
    return build()
