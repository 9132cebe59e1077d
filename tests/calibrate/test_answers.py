"""The wizard can be spoken with, gone back in and left at any time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.calibrate.wizard import Kind, Step, Wizard
from matfw.errors import MatUsageError
from tests.calibrate.rig import calibrate
from tests.calibrate.wizards import MIDDLE, WEIGHT_KG, a_mat, over, step, to_places


def test_it_can_be_left_at_every_step_and_nothing_has_changed() -> None:
    for steps in range(7):
        mat = a_mat()
        wizard = Wizard(mat.mat)
        wizard.answer("10")
        places: list[tuple[tuple[float, float, float], ...]] = [
            (), *((over(mat, cell.name),) for cell in mat.mat.cells), (), (MIDDLE,)
        ]  # fmt: skip
        for weights in places[:steps]:
            step(wizard, mat, *weights)
        wizard.answer("go")
        assert wizard.answer("leave") == ["Left. Nothing has changed."]
        assert wizard.is_done
        assert wizard.result is None
        assert wizard.frames(mat.frames(0.1)) == []
        with pytest.raises(MatUsageError):
            wizard.answer("accept")


def test_back_undoes_a_step_and_again_repeats_it() -> None:
    mat = a_mat()
    wizard = to_places(mat)
    step(wizard, mat, over(mat, "head_left"))
    assert wizard.state()["cell"] == "head_right"
    wizard.answer("again")
    assert wizard.state()["cell"] == "head_left"
    wizard.answer("back")
    assert wizard.step is Step.EMPTY
    step(wizard, mat)
    step(wizard, mat, (0.01, 0.0, 0.0))
    assert wizard.refusal is not None
    wizard.answer("again")  # of a refused step: the same step
    assert wizard.state()["cell"] == "head_left"
    assert wizard.refusal is None


def test_the_first_step_has_none_before_it() -> None:
    wizard = Wizard(a_mat().mat)
    assert wizard.answer("back") == wizard.prompt()
    assert wizard.step is Step.WEIGHT


@pytest.mark.parametrize(
    "text", ["4.9", "101", "-10", "heavy", "nan", "inf", "1e400", "10 20", "1_0"]
)
def test_a_weight_that_is_none_is_refused_with_the_range(text: str) -> None:
    wizard = Wizard(a_mat().mat)
    with pytest.raises(MatUsageError, match="5 to 100"):
        wizard.answer(text)
    assert wizard.step is Step.WEIGHT


@pytest.mark.parametrize("text", ["5", "100", "10 kg", "10,02", "10.0KG"])
def test_a_weight_may_be_written_as_people_do(text: str) -> None:
    wizard = Wizard(a_mat().mat)
    wizard.answer(text)
    assert wizard.step is Step.EMPTY


@pytest.mark.parametrize(
    ("typed", "place_mm"),
    [
        ("at -300 100", (-300.0, 100.0)),
        ("at -300,5 100,5", (-300.5, 100.5)),
        ("at -300, 100", (-300.0, 100.0)),
        ("at -300,5, 100.5", (-300.5, 100.5)),
    ],
)
def test_a_place_is_read_as_every_number_is(typed: str, place_mm: tuple[float, float]) -> None:
    wizard = to_places(a_mat())
    wizard.answer(typed)
    assert wizard._place_mm == place_mm
    assert wizard.is_measuring


@pytest.mark.parametrize("typed", ["1,000", "at -300,100 50"])
def test_a_comma_that_may_mean_a_thousand_is_refused(typed: str) -> None:
    wizard = to_places(a_mat()) if typed.startswith("at") else Wizard(a_mat().mat)
    with pytest.raises(MatUsageError):
        wizard.answer(typed)


@pytest.mark.parametrize("text", ["at", "at 1", "at 1 2 3", "at x y", "at 5000 0", "at nan 0"])
def test_a_place_that_is_none_is_refused_with_the_way_to_say_it(text: str) -> None:
    wizard = to_places(a_mat())
    with pytest.raises(MatUsageError, match="at -300 100"):
        wizard.answer(text)
    assert not wizard.is_measuring


@settings(max_examples=50, deadline=None)
@given(lines=st.lists(st.text(max_size=30), max_size=15))
def test_no_line_of_text_breaks_it(lines: list[str]) -> None:
    wizard = Wizard(a_mat().mat)
    for line in lines:
        try:
            lines = wizard.answer(line)
        except MatUsageError:
            continue
        assert all(lines)
        json.dumps(wizard.state())


def test_its_state_is_json_at_every_step() -> None:
    mat = a_mat()
    wizard = Wizard(mat.mat)
    json.dumps(wizard.state())
    calibrate(wizard, mat, WEIGHT_KG)
    state = json.loads(json.dumps(wizard.state()))
    assert state["step"] == "accept"
    assert set(state["fit"]["counts_per_kg"]) == {cell.name for cell in mat.mat.cells}


def test_every_sentence_is_one_that_can_be_read_aloud() -> None:
    mat = a_mat()
    wizard = Wizard(mat.mat)
    lines = [*wizard.prompt(), *calibrate(wizard, mat, WEIGHT_KG), *wizard.prompt()]
    for sentence in lines:
        assert sentence[0].isupper() or sentence.split(":")[0] in {c.name for c in mat.mat.cells}
        assert sentence.endswith((".", "?")), sentence
        assert len(sentence) < 300


@pytest.mark.parametrize("kind", [Kind.TARE, Kind.TRIM])
def test_what_was_never_calibrated_is_neither_tared_nor_trimmed(kind: Kind) -> None:
    with pytest.raises(MatUsageError, match="run calibrate first"):
        Wizard(a_mat().mat, kind)
