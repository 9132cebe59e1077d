"""Settings that are wrong: the error names line, key, finding, limit and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.settings.files import find_line
from tests.settings.contents import CUSTOM, error_of

ERRORS: dict[str, tuple[str, str, list[str]]] = {
    "unknown key": (
        "\nlayot = 'core4'",
        ", line 2: ",
        ["layot is not known: did you mean layout?"],
    ),
    "unknown key in a table": (
        "[limits]\n\nkik_up_s = 1",
        ", line 3: ",
        ["limits.kik_up_s is not known: did you mean kick_up_s?"],
    ),
    "nothing like it": (
        "[gpio]\nzzz = 1",
        ", line 2: ",
        ["gpio.zzz is not known", "known here: chip"],
    ),
    "unknown table": ("[output]\nmute = true", ", line 1: ", ["output", "did you mean outputs?"]),
    "choice": ("layout = 'core5'", ", line 1: ", ['"core4" or "custom"', "(got 'core5')"]),
    "reader": ("reader = 'fast'", ", line 1: ", ['"adafruit" or "parallel"', "(got 'fast')"]),
    "rate": ("rate_hz = 40", ", line 1: ", ["must be 10 or 80 (got 40)"]),
    "no boolean": ("shared_sck = 1", ", line 1: ", ["must be true or false (got 1)"]),
    "no number": ("[workout]\nrest_s = '1'", ", line 2: ", ["a number 0 to 3600 (got '1')"]),
    "boolean for a number": ("[workout]\nreps = true", ", line 2: ", ["a whole number", "True"]),
    "fraction": ("[workout]\nreps = 1.5", ", line 2: ", ["a whole number 1 to 200 (got 1.5)"]),
    "not a number": ("[workout]\nrest_s = nan", ", line 2: ", ["(got nan)"]),
    "infinite": ("[workout]\nrest_s = inf", ", line 2: ", ["(got inf)"]),
    "no table": ("gpio = 3", ", line 1: ", ["gpio must be a table (got 3)"]),
    "chip": ("gpio.chip = 'zero'", ", line 1: ", ['"auto" or a whole number 0 to 99', "'zero'"]),
    "tempo": ("[workout]\ntempo_s = [1, 2]", ", line 2: ", ["must be 3 values", "(got 2)"]),
    "side": ("[workout]\nside = 'top'", ", line 2: ", ['"left" or "right" or "unknown"', "'top'"]),
    "sex": ("[person]\nsex = 'x'", ", line 2: ", ['person.sex must be "female" or "male"', "'x'"]),
    "inline table": (
        "[outputs]\nlight_pins = { head = 1 }",
        ", line 2: ",
        ["outputs.light_pins.head must be a whole number 2 to 27 (got 1)"],
    ),
    "pins of no cell": (
        "[pins.head_lft]\ndout = 5\nsck = 12",
        ", line 1: ",
        ["pins.head_lft is no cell: did you mean head_left?"],
    ),
    "pin used twice by two cells": (
        "[pins.head_left]\ndout = 7\nsck = 26\n[pins.foot_left]\ndout = 13\nsck = 7",
        ", line 6: ",
        ["pins.foot_left.sck and pins.head_left.dout both use GPIO 7"],
    ),
    "hip sensor": (
        "[hip_sensors]\nimu = 'bno085'",
        ", line 2: ",
        ['hip_sensors.imu must be "lsm6ds" or "off"', "(got 'bno085')"],
    ),
    "rail": (
        "[hip_sensors]\nrail = true",
        ", line 2: ",
        ['hip_sensors.rail must be "off" or "vl53l1x"', "(got True)"],
    ),
    "head axis": (
        "[hip_sensors]\nimu_head_axis = '-z'",
        ", line 2: ",
        ["imu_head_axis must be another of the board's axes than imu_axis, +z (got -z)"],
    ),
    "axis": ("[hip_sensors]\nimu_axis = 'z'", ", line 2: ", ['"+z"', '"-z"', "(got 'z')"]),
    "address below": (
        "[hip_sensors]\nimu_address = 0x69",
        ", line 2: ",
        ["hip_sensors.imu_address must be 106 or 107 (got 105)"],
    ),
    "address above": (
        "[hip_sensors]\nimu_address = 0x6C",
        ", line 2: ",
        ["hip_sensors.imu_address must be 106 or 107 (got 108)"],
    ),
    "two XSHUT on one pin": (
        "[hip_sensors]\nrail = 'vl53l1x'\nxshut_pins = { heel = 7 }",
        ", line 3: ",
        ["hip_sensors.xshut_pins.heel and hip_sensors.xshut_pins.hip both use GPIO 7"],
    ),
    "XSHUT on the bus": (
        "[hip_sensors]\nrail = 'vl53l1x'\nxshut_pins = { hip = 3 }",
        ", line 3: ",
        ["hip_sensors.xshut_pins.hip and hip_sensors.i2c_bus both use GPIO 3"],
    ),
    "pin of a default cell": (
        "[outputs]\nbuzzer_pin = 5",
        ", line 2: ",
        ["pins.head_left.dout and outputs.buzzer_pin both use GPIO 5"],
    ),
    "two shared clocks": (
        "shared_sck = true\n[pins.head_left]\ndout=5\nsck=12\n[pins.head_right]\ndout=6\nsck=16",
        ", line 7: ",
        ["pins.head_right.sck must be the same for every cell", "[12, 16]"],
    ),
    "cells of a preset": (
        'layout = "hex6"\n[[cells]]\nname = "a"\nx_mm = 1\ny_mm = 2',
        ", line 1: ",
        ['cells are given, but layout is not "custom"'],
    ),
    "custom without cells": ('layout = "custom"', ", line 1: ", ["at least 3 [[cells]] (got 0)"]),
    "custom with two": (
        CUSTOM.partition('[[cells]]\nname = "tail"')[0],
        ", line 1: ",
        ["at least 3 [[cells]] (got 2)"],
    ),
    "cells in one line": (
        CUSTOM.replace("y_mm = 0\n", "y_mm = 20\n").replace("x_mm = 500.5", "x_mm = -500"),
        ", line 1: ",
        ["cells must not stand in one line: one at least 50 mm beside it (got 0 mm beside"],
    ),
    "cells in one place": (
        CUSTOM.replace("y_mm = 200", "y_mm = -200"),
        ", line 1: ",
        ["cells must stand at least 10 mm apart (got head_left and head_right, 0 mm apart)"],
    ),
    "cell's name twice": (
        CUSTOM.replace('"head_right"', '"head_left"'),
        ", line 7: ",
        ["cells[1].name must be another name for each cell (got head_left 2 times)"],
    ),
    "cell without pins": (
        CUSTOM.partition("[pins.tail]")[0],
        ", line 11: ",
        ["cells[2].name tail has no pins of its own: add [pins.tail] with dout and sck"],
    ),
    "cell's name": (
        CUSTOM.replace('"head_right"', '"a,b"'),
        ", line 7: ",
        ["cells[1].name must be a name of 1 to 40 letters", "(got 'a,b')"],
    ),
    "cell's key": (
        CUSTOM.replace("x_mm = 500.5", "x_m = 1"),
        ", line 12: ",
        ["did you mean x_mm?"],
    ),
    "cell without a place": (
        CUSTOM.replace("x_mm = 500.5", ""),
        ", line 10: ",
        ["cells[2] lacks x_mm"],
    ),
    "limits the wrong way round": (
        "[limits]\nrushed_up_s = 0.9",
        ", line 2: ",
        ["limits.kick_up_s must not be above rushed_up_s = 0.9 (got 1)"],
    ),
    "other letters": ("'gr\u00f6\u00dfe' = 1", ", line 1: ", ["gr\u00f6\u00dfe is not known"]),
    "a value in other letters": (
        "layout = 'gr\u00f6\u00dfe\u0085'",
        ", line 1: ",
        ["(got 'gr\u00f6\u00dfe\\x85')"],
    ),
    "control characters": ('"\\u001b[2J" = 1', ": ", ["'\\x1b[2J' is not known"]),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error_names_line_key_finding_and_limit(case: str, tmp_path: Path) -> None:
    text, line, parts = ERRORS[case]
    message = error_of(tmp_path, text)
    assert message.startswith(line), message
    for part in parts:
        assert part in message, message
    # One thing to do: a special one, or the general one.
    advices = (
        "did you mean",
        "known here",
        "add ",
        "give one of them another pin",
        "correct it, or",
    )
    assert sum(advice in message for advice in advices) == 1, message


def test_line_of_a_key() -> None:
    text = 'a = 1\n[b.c]\nd = 2\n[[e]]\nf = 3\n[[e]]\n"f" = 4\nb2.c = 5\ng = {h = 1}'
    assert find_line(text, ("a",)) == 1
    assert find_line(text, ("b", "c", "d")) == 3
    assert find_line(text, ("e", 1, "f")) == 7
    assert find_line(text, ("e", 1, "b2", "c")) == 8
    assert find_line(text, ("e", 1, "g", "h")) == 9  # the key that holds it
    assert find_line(text, ("b", "c", "x")) == 2  # the table around it
    assert find_line(text, ("x",), ("a",)) == 1  # the other one of two that clash
    assert find_line(text, ("x",)) is None
