"""The rack of Pis, and the one that most checks share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.virtual_pi.errors import LackingError
from tests.virtual_pi.host import lacking
from tests.virtual_pi.image import Image, prepare
from tests.virtual_pi.pi import VirtualPi
from tests.virtual_pi.rack import Rack


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


@pytest.fixture
def pi(rack: Rack) -> Iterator[VirtualPi]:
    """Give the shared Pi with an empty mat and whole wires, and matfw ready."""
    pi = rack.shared()
    pi.clear()
    pi.wait_ready()
    yield pi
    pi.clear()
