"""The places of the building guide, hardware/ and its numbered steps, that messages cite.

tests/diagnose/test_guide.py checks that each is there and is about what is described here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

README_PAGE = "hardware/README.md"
WIRING_PAGE = "hardware/wiring.md"
DECK_PAGE = "hardware/deck.md"
COMMISSIONING_PAGE = "hardware/commissioning.md"


@dataclass(frozen=True, slots=True)
class Spot:
    """A page's heading, and the numbered step under it (0: the section as a whole)."""

    page: str
    heading: str
    step: int = 0
    about: str = ""  # what the step begins with, in bold


class Place(Enum):
    """Where the guide says what to do."""

    SUPPLY = Spot(WIRING_PAGE, "Wiring", 1, "Supply")
    GROUND = Spot(WIRING_PAGE, "Wiring", 2, "Ground")
    BRIDGE = Spot(WIRING_PAGE, "Wiring", 3, "Bridge")
    RATE = Spot(WIRING_PAGE, "Wiring", 4, "Rate")
    DATA = Spot(WIRING_PAGE, "Wiring", 5, "DOUT and SCK")
    PULL_UP = Spot(WIRING_PAGE, "Wiring", 6, "Pull-up")
    CABLES = Spot(WIRING_PAGE, "Wiring", 7, "Cables")
    POLARITY = Spot(WIRING_PAGE, "Wiring", 8, "Polarity")
    DECK = Spot(WIRING_PAGE, "Wiring", 9, "Deck")
    PINS = Spot(WIRING_PAGE, "Pins")
    GEOMETRY = Spot(DECK_PAGE, "Geometry")
    CALIBRATING = Spot(COMMISSIONING_PAGE, "Calibrating")
    BRING_UP = Spot(COMMISSIONING_PAGE, "Bringing it up")
    SERVICE = Spot(README_PAGE, "As a service")
    SYSTEM = Spot(README_PAGE, "When something is wrong")


def cited(place: Place) -> str:
    """Return how a message names a place: 'hardware/wiring.md, "Wiring", step 3'."""
    spot = place.value
    step = f", step {spot.step}" if spot.step else ""
    return f'{spot.page}, "{spot.heading}"{step}'
