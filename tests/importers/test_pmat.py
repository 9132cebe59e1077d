"""The pressure maps' import: six cells that carry the map's own weight, CoP and side."""

from __future__ import annotations

import numpy as np
import pytest

from tests.importers import pmat

SIDE_LYING = [(person, posture) for person in pmat.PEOPLE for posture in ("right", "left")]


@pytest.mark.parametrize(("person", "posture"), SIDE_LYING)
def test_cells_carry_the_weight_and_the_cop_of_the_map(person: str, posture: str) -> None:
    lying = pmat.load(person, posture)
    places_mm = np.array([(cell.x_mm, cell.y_mm) for cell in lying.mat.cells])
    assert np.allclose(lying.loads_kg.sum(axis=1), lying.weight_kg)
    assert np.allclose(lying.loads_kg @ places_mm / lying.weight_kg, lying.cop_mm, atol=1e-6)


def test_one_kilogram_is_weighed_by_the_lever_rule() -> None:
    map_kg = np.ones((1, 1, 1))
    at = {
        (-960.0, 275.0): [1, 0, 0, 0, 0, 0],
        (-480.0, 0.0): [0.25, 0.25, 0.25, 0.25, 0, 0],
        (0.0, -275.0): [0, 0, 0, 1, 0, 0],
        (720.0, 137.5): [0, 0, 0.1875, 0.0625, 0.5625, 0.1875],
    }
    for (x_mm, y_mm), loads in at.items():
        weighed = pmat.weigh(map_kg, np.array([x_mm]), np.array([y_mm]))
        assert weighed[0] == pytest.approx(loads), (x_mm, y_mm)


@pytest.mark.parametrize("person", pmat.PEOPLE)
@pytest.mark.parametrize("posture", ["right_fetal", "left_fetal"])
def test_knees_point_to_the_front_of_the_side_lain_on(person: str, posture: str) -> None:
    lying = pmat.load(person, posture)
    loads = dict(zip((cell.name for cell in lying.mat.cells), lying.loads_kg.mean(0), strict=True))

    def across(place: str) -> float:
        left, right = loads[f"{place}_left"], loads[f"{place}_right"]
        return float((left - right) / (left + right))

    # Bent forward at the hips, shoulders and feet are in front of the pelvis.
    forward = (across("head") + across("foot")) / 2 - across("hip")
    assert forward * lying.mat.side.front_sign > 0


@pytest.mark.parametrize(("person", "posture"), SIDE_LYING)
def test_people_lie_still(person: str, posture: str) -> None:
    assert pmat.load(person, posture).cop_mm.std(axis=0).max() < 25
