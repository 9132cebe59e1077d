"""Every place of the building guide that a message can cite is there, and about that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matfw.calibrate.guide import WIRING_PAGE, Place, cited
from tests.test_docs import section

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "matfw").rglob("*.py")]


@pytest.mark.parametrize("place", Place)
def test_a_cited_place_is_in_the_guide(place: Place) -> None:
    spot = place.value
    text = section((ROOT / spot.page).read_text(), f"## {spot.heading}")
    if spot.step:
        assert re.search(rf"^{spot.step}\. \*\*{re.escape(spot.about)}\.\*\*", text, re.MULTILINE)


def test_every_step_of_the_wiring_can_be_cited() -> None:
    steps = re.findall(
        r"^(\d+)\. \*\*", section((ROOT / WIRING_PAGE).read_text(), "## Wiring"), re.MULTILINE
    )
    cited_steps = [p.value.step for p in Place if p.value.heading == "Wiring" and p.value.step]
    assert [int(step) for step in steps] == sorted(cited_steps)


def test_every_place_is_cited_somewhere() -> None:
    code = "".join(path.read_text() for path in SOURCES if path.name != "calibrate/guide.py")
    assert [place.name for place in Place if f"Place.{place.name}" not in code] == []


def test_a_citation_names_file_heading_and_step() -> None:
    assert cited(Place.BRIDGE) == 'hardware/wiring.md, "Wiring", step 3'
    assert cited(Place.PINS) == 'hardware/wiring.md, "Pins"'
