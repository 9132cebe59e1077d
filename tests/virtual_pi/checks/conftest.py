"""The rack of Pis, and the one that most checks share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.virtual_pi.errors import LackingError
from tests.virtual_pi.host import lacking
from tests.virtual_pi.image import Image, prepare
from tests.virtual_pi.pi import UNIT, VirtualPi
from tests.virtual_pi.rack import Rack

# The long ones first: the last to end is not begun last.
ORDER = tuple(
    f"check_{name}"
    for name in ("upgrade", "power", "recovery", "pins", "calibration", "service", "reader")
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the checks into their order; among other tests there are none."""
    if {item.path.stem for item in items} <= set(ORDER):
        items.sort(key=lambda item: ORDER.index(item.path.stem))


@pytest.fixture(scope="session")
def image() -> Image:
    """Return kernel, disk and package; skip where this computer cannot have them."""
    reason = lacking()
    if reason is not None:
        pytest.skip(reason)
    try:
        return prepare(print)
    except LackingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def rack(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """Give the rack; everything on it is off afterwards."""
    with Rack(image, tmp_path_factory.mktemp("rack")) as rack:
        yield rack


def ready(rack: Rack) -> VirtualPi:
    """Return the shared Pi with matfw running, also after a check that failed with it stopped."""
    pi = rack.shared()
    pi.clear()
    pi.machine.out("systemctl", "start", "--no-block", UNIT)
    pi.wait_ready()
    return pi


@pytest.fixture(scope="module")
def module_pi(rack: Rack) -> VirtualPi:
    """Return the shared Pi with an empty mat and matfw ready, for checks that go together."""
    return ready(rack)


@pytest.fixture
def pi(rack: Rack) -> Iterator[VirtualPi]:
    """Give the shared Pi with an empty mat and whole wires, and matfw ready."""
    pi = ready(rack)
    yield pi
    pi.clear()
