"""The wizard refuses what cannot be measured, with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matfw.calibrate.refusals import Reason
from matfw.calibrate.wizard import Kind, Step, Wizard
from matfw.cli.hardware import virtual_trace
from matfw.errors import MatUsageError
from matfw.layouts import PRESETS
from matfw.messages import Side
from matfw.virtual import defects as d
from tests.calibrate.rig import VirtualMat, measure
from tests.calibrate.wizards import (
    MIDDLE,
    WEIGHT_KG,
    a_mat,
    known_of,
    over,
    reason,
    step,
    to_places,
)


@pytest.mark.parametrize(
    ("cell", "defect", "expected"),
    [
        ("head_left", d.OpenBridge(), Reason.SATURATED),
        ("foot_right", d.OpenBridge(is_positive=False), Reason.SATURATED),
        ("head_left", d.StuckDout(), Reason.LOST),
        ("foot_right", d.SwappedPins(), Reason.LOST),
        ("head_right", d.StuckDout(line=d.Line.FLOATING), Reason.LOST),
        ("head_left", d.Noise(rms_counts=6000.0), Reason.NOISY),
    ],
)
def test_a_cell_that_cannot_be_measured_is_named(
    cell: str, defect: d.Defect, expected: Reason
) -> None:
    mat = a_mat(defects={cell: [defect]})
    wizard = Wizard(mat.mat, weight_kg=WEIGHT_KG)
    lines = " ".join(step(wizard, mat))
    assert reason(wizard) is expected
    assert wizard.refusal is not None
    assert wizard.refusal.cells == (cell,)
    assert cell in lines
    assert "hardware/wiring.md" in lines
    assert wizard.step is Step.EMPTY


def test_a_computer_that_takes_the_samples_is_named_and_no_cell() -> None:
    mat = a_mat()
    wizard = Wizard(mat.mat, weight_kg=WEIGHT_KG)
    wizard.answer("go")
    taken = [
        replace(frame, counts=(None,) * 4, computer_mask=0b1111) if number % 3 else frame
        for number, frame in enumerate(mat.frames(4.0))
    ]
    lines = " ".join(wizard.frames(taken))
    assert reason(wizard) is Reason.LATE
    assert "no wire is at fault" in lines
    assert not any(cell.name in lines for cell in mat.mat.cells)


@pytest.mark.parametrize("noise_counts", [45.0, 600.0])
def test_a_mat_with_somebody_on_it_is_never_tared(noise_counts: float) -> None:
    for layout in PRESETS:
        trace = virtual_trace("still", layout, Side.LEFT)
        mat = a_mat(layout, noise_counts=noise_counts)
        lying = lambda t_s: trace.loads_at(30.0 + (t_s - 100.0))  # noqa: B023, E731
        mat.carry(lying)
        wizard = Wizard(mat.mat, Kind.TARE, known=known_of(mat))
        lines = " ".join(_measure_only(wizard, mat))
        assert reason(wizard) is Reason.SOMEONE
        assert "Step away" in lines
        with pytest.raises(MatUsageError, match="anyway"):
            wizard.answer("anyway")


def _measure_only(wizard: Wizard, mat: VirtualMat) -> list[str]:
    wizard.answer("go")
    return measure(wizard, mat)


def test_a_still_heavy_thing_on_the_empty_mat_is_refused_too() -> None:
    mat = a_mat()
    wizard = Wizard(mat.mat, Kind.TARE, known=known_of(mat))
    step(wizard, mat, (30.0, 100.0, 0.0))
    assert reason(wizard) is Reason.SOMEONE
    with pytest.raises(MatUsageError, match="anyway"):
        wizard.answer("anyway")


def test_a_tare_far_from_the_last_needs_to_be_insisted_on() -> None:
    mat = a_mat(floor_kg=(3.0, 0.0, 0.0, 0.0))
    wizard = Wizard(mat.mat, Kind.TARE, known=known_of(mat))
    step(wizard, mat)
    assert reason(wizard) is Reason.TARE_FAR
    assert wizard.refusal is not None
    assert wizard.refusal.cells == ("head_left",)
    wizard.answer("anyway")
    measure(wizard, mat)
    assert wizard.refusal is None
    assert wizard.step is Step.ACCEPT


def test_insisting_is_for_what_was_refused_and_no_later_step() -> None:
    mat = a_mat(floor_kg=(3.0, 0.0, 0.0, 0.0))
    wizard = Wizard(mat.mat, known=known_of(mat), weight_kg=WEIGHT_KG)
    step(wizard, mat)
    wizard.answer("anyway")
    measure(wizard, mat)
    assert wizard.step is Step.PLACE
    with pytest.raises(MatUsageError, match="anyway"):
        wizard.answer("anyway")


def test_no_weight_on_the_mat_is_refused() -> None:
    mat = a_mat()
    wizard = to_places(mat)
    lines = " ".join(step(wizard, mat, (0.05, -900.0, 275.0)))
    assert reason(wizard) is Reason.NO_CHANGE
    assert "Lay the weight on the mat" in lines


@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_each_cell_that_does_not_react_or_is_reversed_or_exchanged_is_named(layout: str) -> None:
    cells = [cell.name for cell in PRESETS[layout].cells]
    wrong: list[tuple[Reason, Callable[[str, str], dict[str, object]]]] = [
        (Reason.NO_REACTION, lambda one, _: {"defects": {one: [d.StuckValue(value=5e4)]}}),
        (Reason.REVERSED, lambda one, _: {"defects": {one: [d.Reversed()]}}),
        (
            Reason.SWAPPED,
            lambda one, two: {
                "crossing": d.Crossing(dout={one: two, two: one}, sck={one: two, two: one})
            },
        ),
    ]
    for number, (expected, made) in enumerate(wrong):
        name, other = cells[number], cells[-1]
        mat = a_mat(layout, **made(name, other))
        wizard = to_places(mat)
        for cell in cells:
            lines = " ".join(step(wizard, mat, over(mat, cell)))
            if cell == name:
                break
            assert wizard.refusal is None, wizard.refusal
        # A dead cell may leave nothing at all to be seen on a soft deck.
        allowed = {expected, Reason.NO_CHANGE} if expected is Reason.NO_REACTION else {expected}
        assert reason(wizard) in allowed, (layout, name)
        assert wizard.refusal is not None
        assert name in wizard.refusal.cells
        assert name in lines
        if expected is Reason.SWAPPED:
            assert set(wizard.refusal.cells) == {name, other}


def test_a_weight_that_rolls_is_refused() -> None:
    mat = a_mat()
    wizard = to_places(mat)
    mat.load = lambda t_s: ((WEIGHT_KG, -900.0 + 20.0 * (t_s % 10.0), 275.0),)
    lines = " ".join(_measure_only(wizard, mat))
    assert reason(wizard) is Reason.MOVED
    assert "cannot roll" in lines


def test_a_weight_laid_down_late_is_waited_for() -> None:
    mat = a_mat()
    wizard = to_places(mat)
    laid_s = mat.clock.now_s() + 2.0
    mat.load = lambda t_s: (over(mat, "head_left"),) if t_s > laid_s else ()
    _measure_only(wizard, mat)
    assert wizard.refusal is None
    assert wizard.step is Step.PLACE
    assert wizard.state()["cell"] == "head_right"


def test_what_is_left_on_the_mat_is_noticed_at_the_end() -> None:
    mat = a_mat()
    wizard = to_places(mat)
    for cell in mat.mat.cells:
        step(wizard, mat, over(mat, cell.name))
    step(wizard, mat, (1.0, -600.0, 0.0))
    assert reason(wizard) is Reason.NOT_BACK
    step(wizard, mat)
    assert wizard.step is Step.CHECK


@pytest.mark.parametrize(
    ("weights", "say", "expected"),
    [
        ((MIDDLE,), "go", None),
        (((10.04, 0.0, 0.0),), "go", None),
        (((10.06, 0.0, 0.0),), "go", Reason.CHECK_TOTAL),
        (((9.94, 0.0, 0.0),), "go", Reason.CHECK_TOTAL),
        (((WEIGHT_KG, 25.0, 0.0),), "go", None),
        (((WEIGHT_KG, 35.0, 0.0),), "go", Reason.CHECK_PLACE),
        (((WEIGHT_KG, -300.0, 100.0),), "at -300 100", None),
        (((WEIGHT_KG, -300.0, 100.0),), "at -300 150", Reason.CHECK_PLACE),
    ],
)
def test_the_check_holds_within_half_a_per_cent_and_thirty_millimetres(
    weights: tuple[tuple[float, float, float], ...], say: str, expected: Reason | None
) -> None:
    mat = a_mat()
    wizard = to_places(mat)
    for cell in mat.mat.cells:
        step(wizard, mat, over(mat, cell.name))
    step(wizard, mat)
    step(wizard, mat, *weights, say=say)
    assert reason(wizard) is expected
    assert wizard.step is (Step.CHECK if expected else Step.ACCEPT)
