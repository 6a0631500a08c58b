"""Options and fixtures that all tests share."""

import pytest
from hypothesis import settings

# The machine is shared and noisy: an example that takes long once is no broken promise.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="Rewrite golden files, for a person to read in the diff.")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--accept"))
