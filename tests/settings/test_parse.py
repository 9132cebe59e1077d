"""What people type for a setting: with its unit or without, never half understood."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from matfw.errors import MatSettingsError
from matfw.settings.layers import with_value
from matfw.settings.model import Settings
from matfw.settings.parse import parse
from matfw.settings.rows import Setting, find, members, table
from matfw.settings.schema import build
from matfw.settings.store import SettingsStore

T = TypeVar("T")
ROWS = table(Settings())
KEYS = [row.key for row in ROWS]


def parsed(key: str, text: str) -> object:
    return parse(find(ROWS, key), text)


def refusal(key: str, text: str) -> str:
    with pytest.raises(MatSettingsError) as caught:
        parsed(key, text)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("limits.roll_back_mm", "15", 15.0),
        ("limits.roll_back_mm", " 15 mm ", 15.0),
        ("limits.roll_back_mm", "15.50MM", 15.5),
        ("limits.roll_back_mm", "1,5 mm", 1.5),
        ("limits.short_hold_s", "0,125", 0.125),
        ("workout.tempo_s", "2,5-1-3", [2.5, 1.0, 3.0]),
        ("workout.tempo_s", "2,5 1,5 3", [2.5, 1.5, 3.0]),
        ("workout.tempo_s", "2, 1, 3", [2.0, 1.0, 3.0]),
        ("limits.roll_back_mm", "1.5e1 millimetres", 15.0),
        ("limits.too_high_deg", "50°", 50.0),
        ("limits.off_mat_n", "12 N", 12.0),
        ("limits.short_hold_s", ".5 sec", 0.5),
        ("person.height_m", "1.65 m", 1.65),
        ("outputs.volume_percent", "50 %", 50),
        ("outputs.volume_percent", "50.0", 50),
        ("outputs.mute", "ON", True),
        ("outputs.mute", "no", False),
        ("rate_hz", "80 Hz", 80),
        ("layout", "HEX6", "hex6"),
        ("layout", '"hex6"', "hex6"),
        ("workout.side", "Left", "left"),
        ("gpio.chip", "auto", "auto"),
        ("gpio.chip", "4", 4),
        ("hip_sensors.imu_address", "0x6B", 0x6B),
        ("hip_sensors.imu_address", "107", 0x6B),
        ("hip_sensors.imu_axis", "-z", "-z"),
        ("workout.tempo_s", "2-1-3", [2.0, 1.0, 3.0]),
        ("workout.tempo_s", "2.5 - 0 - 3 s", [2.5, 0.0, 3.0]),
        ("workout.tempo_s", "[2, 1, 3]", [2.0, 1.0, 3.0]),
        ("workout.tempo_s", "2/1/3", [2.0, 1.0, 3.0]),
        ("workout.tempo_s", "2 1 3", [2.0, 1.0, 3.0]),
        ("cells", "[{ name = 'a', x_mm = 1, y_mm = 2 }]", [{"name": "a", "x_mm": 1, "y_mm": 2}]),
        ("pins.head_left.dout", "26", 26),
    ],
)
def test_what_people_write_is_understood(key: str, text: str, value: object) -> None:
    assert parsed(key, text) == value


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("limits.roll_back_mm", "1.5 cm", "(got '1.5 cm'): it is in mm, write 15 mm;"),
        ("limits.roll_back_mm", "15 furlongs", "it is in mm, write 15 mm;"),
        ("limits.roll_back_mm", "1,500", "write 1500 or 1.500, whichever is meant;"),
        ("limits.roll_back_mm", "0.9", "must be a number 1 to 200 mm (got '0.9'): nothing"),
        ("limits.roll_back_mm", "200.1 mm", "number 1 to 200 mm (got '200.1 mm'): nothing"),
        ("limits.roll_back_mm", "nan", "must be a number"),
        ("limits.roll_back_mm", "1e999", "must be a number"),
        ("limits.roll_back_mm", "fifteen", "must be a number"),
        ("limits.roll_back_mm", "15 16", "must be a number"),
        ("person.height_m", "165 cm", "it is in m, write 1.65 m;"),
        ("person.height_m", "165", "must be a number 0.5 to 2.5 m (got '165'): nothing"),
        ("person.sex", "none", "female or male (got 'none'): `factory person.sex` clears it;"),
        ("limits.kick_up_s", "900 ms", "it is in s, write 0.9 s;"),
        ("limits.off_mat_n", "1 kg", "it is in N, write 9.80665 N;"),
        ("workout.reps", "15 reps", "it has no unit, write 15;"),
        ("workout.reps", "1.5", "must be a whole number 1 to 200 (got '1.5'): nothing"),
        ("outputs.mute", "maybe", "outputs.mute must be on or off (got 'maybe'): nothing"),
        ("layout", "core5", "must be core4, custom, hex6 or trio8 (got 'core5'): nothing"),
        ("rate_hz", "40", "must be 10 or 80 Hz (got '40'): nothing"),
        ("gpio.chip", "zero", "must be auto or 0 to 99 (got 'zero'): nothing"),
        ("workout.tempo_s", "2-1", "3 numbers, 0.2 to 30, 0 to 30, 0.2 to 30 s (got '2-1'):"),
        ("workout.tempo_s", "2-1", "write them as in 2-1-3;"),
        ("workout.tempo_s", "0.1-1-3", "tempo_s, first value, must be a number 0.2 to 30 (got"),
        ("cells", "[{ name = 'a' }]", "cells[0] lacks x_mm, y_mm: add x_mm = a number"),
        ("cells", "] layout = 'x'", "write it as in a TOML file"),
        ("cells", "[]\nlayout = 'x'", "(got \"[]\\nlayout = 'x'\"): nothing"),
        ("console.ports", "/dev/tty\udcff", "(got '/dev/tty\\udcff'): nothing"),
        ("limits.roll_back_mm", "", "(got ''): nothing"),
        ("limits.roll_back_mm", "\x1b[2J" * 99, "must be a number"),
    ],
)  # fmt: skip
def test_what_is_refused_says_what_to_write(key: str, text: str, words: str) -> None:
    message = refusal(key, text)
    assert message.startswith(key)
    assert words in message
    assert message.endswith("nothing was changed")


@settings(deadline=None)  # a busy computer is no failure
@given(st.text(max_size=40) | st.floats().map(str) | st.integers().map(str), st.sampled_from(KEYS))
def test_any_text_is_a_value_within_the_range_or_a_clear_refusal(text: str, key: str) -> None:
    row = find(ROWS, key)
    refused, value = refusal_or_value(lambda: parse(row, text))
    assert refused.isprintable()
    assert len(refused) < 600
    if not refused:
        build(with_value({}, row.keys, value), Settings)


def refusal_or_value(do: Callable[[], T]) -> tuple[str, T | None]:
    try:
        return "", do()
    except MatSettingsError as error:
        return str(error), None


@settings(deadline=None)  # a busy computer is no failure
@given(st.sampled_from([row for row in ROWS if row.kind in ("number", "integer")]), st.data())
def test_a_number_with_its_unit_is_the_number(row: Setting, data: st.DataObject) -> None:
    [node] = [n for n in members(row.node) if isinstance(n, inspect.IntType | inspect.FloatType)]
    assert node.ge is not None
    assert node.le is not None
    if isinstance(node, inspect.IntType):
        value: float = data.draw(st.integers(int(node.ge), int(node.le)))
    else:
        value = data.draw(st.floats(node.ge, node.le))
    for text in (str(value), f"{value} {row.unit}".strip()):
        assert parse(row, text) == value
    for beyond in (math.nextafter(node.ge, -math.inf), math.nextafter(node.le, math.inf)):
        with pytest.raises(MatSettingsError):
            parse(row, repr(beyond))


# --- keys


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("limits.roll_back_mm", "limits.roll_back_mm"),
        ("roll_back_mm", "limits.roll_back_mm"),
        ("limits.leg", "limits.leg_forward_mm"),
        ("tempo", "workout.tempo_s"),
        ("side", "workout.side"),
        ("volume", "outputs.volume_percent"),
        ("head_left.d", "pins.head_left.dout"),
        ("layout", "layout"),
        ("rail", "hip_sensors.rail"),
    ],
)
def test_a_key_may_be_shortened_to_what_only_one_has(word: str, key: str) -> None:
    assert find(ROWS, word).key == key


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("roll", "roll may be limits.roll_back_mm or limits.roll_back_deg: give more of the key"),
        ("limits", "limits may be limits.too_high_deg or "),
        ("limits.", ", ...: give more of the key"),
        ("hip", "hip may be outputs.light_pins.hip or outputs.right_light_pins.hip or hip_sensors"),
        ("dout", "dout may be pins.head_left.dout or"),
        ("limits.rol_back_mm", "is no setting: did you mean limits.roll_back_mm?"),
        ("hight", "hight is no setting: did you mean"),
        ("zzz", "zzz is no setting: get without a key lists them all"),
        ("", "nothing is no setting"),
        ("\x1b[2J", "'\\x1b[2J' is no setting"),
    ],
)
def test_a_key_that_is_none_or_several_is_not_guessed(word: str, words: str) -> None:
    with pytest.raises(MatSettingsError) as caught:
        find(ROWS, word)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


@settings(deadline=None)  # a busy computer is no failure
@given(st.text(max_size=30))
def test_any_word_is_one_key_or_a_clear_answer(word: str) -> None:
    refused, row = refusal_or_value(lambda: find(ROWS, word))
    assert refused.isprintable()
    assert refused or (row is not None and word in row.key)


# --- rows


def test_a_row_says_all_there_is_to_know() -> None:
    row = find(ROWS, "limits.roll_back_mm")
    assert (row.kind, row.unit, row.range, row.choices) == ("number", "mm", "1 to 200", ())
    assert (row.help, row.default) == ("the weight moves back by more", 13.0)
    assert find(ROWS, "workout.side").range == "left, right or unknown"
    assert find(ROWS, "gpio.chip").range == "auto or 0 to 99"
    assert find(ROWS, "outputs.mute").choices == ("on", "off")


def test_every_row_has_a_meaning_a_range_and_a_default_that_is_the_model_s() -> None:
    store = SettingsStore(None, Path("/nowhere"))
    assert len(set(KEYS)) == len(KEYS) > 40
    for row in ROWS:
        assert row.help, row.key
        assert row.range, row.key
        assert store.get(row.key) == (row.default, "default")


def test_what_is_about_a_person_or_heard_applies_now_and_wiring_at_the_start() -> None:
    now = {row.key for row in ROWS if row.applies == "now"}
    tables = ("person.", "workout.", "limits.")
    assert now == {key for key in KEYS if key.startswith(tables)} | {
        "outputs.mute", "outputs.volume_percent", "console.wizard_timeout_s", "plans",
            "outputs.sound", "outputs.quiet_hours",
    }  # fmt: skip
    assert {row.applies for row in ROWS} == {"now", "restart"}
