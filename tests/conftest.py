"""What all tests share: none fails because the computer is busy, and no session is played twice."""

from collections.abc import Sequence

import pytest
from hypothesis import settings

# An example may take as long as it takes; pytest-timeout ends what hangs.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")


def shares_a_fixture(item: pytest.Item) -> bool:
    """Return whether a test uses a fixture that its module makes once."""
    if not isinstance(item, pytest.Function):
        return False
    made = item._fixtureinfo.name2fixturedefs  # there is no public way to a fixture's scope
    return any(made[name][-1].scope == "module" for name in item.fixturenames if name in made)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Give tests that share a module's fixture to one process, or each process makes it again."""
    for item in items:
        if shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
