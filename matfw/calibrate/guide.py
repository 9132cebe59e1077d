"""The numbered places of the wiring guide, hardware/README.md, that messages cite.

tests/diagnose/test_guide.py checks that each is there and is about what is described here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

GUIDE = "hardware/README.md"


@dataclass(frozen=True, slots=True)
class Spot:
    """A heading of the guide, and the numbered step under it (0: the section as a whole)."""

    heading: str
    step: int = 0
    about: str = ""  # what the step begins with, in bold


class Place(Enum):
    """Where the guide says what to do."""

    SUPPLY = Spot("Wiring", 1, "Supply")
    GROUND = Spot("Wiring", 2, "Ground")
    BRIDGE = Spot("Wiring", 3, "Bridge")
    RATE = Spot("Wiring", 4, "Rate")
    DATA = Spot("Wiring", 5, "DOUT and SCK")
    PULL_UP = Spot("Wiring", 6, "Pull-up")
    CABLES = Spot("Wiring", 7, "Cables")
    POLARITY = Spot("Wiring", 8, "Polarity")
    DECK = Spot("Wiring", 9, "Deck")
    PINS = Spot("Pins")
    GEOMETRY = Spot("Geometry")
    CALIBRATING = Spot("Calibrating")
    BRING_UP = Spot("Bringing it up")
    SERVICE = Spot("As a service")
    SYSTEM = Spot("When something is wrong")


def cited(place: Place) -> str:
    """Return how a message names a place: 'hardware/README.md, "Wiring", step 3'."""
    spot = place.value
    step = f", step {spot.step}" if spot.step else ""
    return f'{GUIDE}, "{spot.heading}"{step}'
