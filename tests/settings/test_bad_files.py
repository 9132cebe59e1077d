"""Files that are no settings: no TOML, no text, too long, not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from matfw.errors import MatSettingsError
from matfw.settings.files import load_settings
from tests.settings.contents import error_of, loaded


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "matfw.toml"
    path.write_bytes(b"\xef\xbb\xbfrate_hz = 10\r\n")  # as Notepad saves it
    assert load_settings(path).rate_hz == 10
    assert error_of(tmp_path, b"\xef\xbb\xbf\nrate_hz = 11").startswith(", line 2: rate_hz must be")
    assert error_of(tmp_path, b"\xef\xbb\xbf\n#\xff").startswith(", line 2: is not UTF-8")


def test_a_comment_may_have_any_number_of_dots(tmp_path: Path) -> None:
    assert loaded(tmp_path, f"  # {'.' * 300}\nrate_hz = 10").rate_hz == 10


LONG_KEYS = {
    "plain": "{0} = 1",
    "in a table": "[limits]\n{0} = 1",
    "quoted": "'{0}' = 1",
    "of many parts": "{1} = 1",
    "a table of many parts": "[{1}]",
    "inline": "gpio = {{ {1} = 1 }}",
}


@pytest.mark.parametrize("case", LONG_KEYS)
def test_a_key_of_40_kb_is_refused_at_once(case: str, tmp_path: Path) -> None:
    # Calls of Python, since time alone would depend on the machine: 20 000 parts took 9 s.
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    text = LONG_KEYS[case].format("k" * 40_000, ".".join("k" * 20_000))
    sys.setprofile(count)
    try:
        message = error_of(tmp_path, text)
    finally:
        sys.setprofile(None)
    assert calls < 5_000
    assert len(message) < 400


TOML_ERRORS = {
    "no value": ("a = 1\nb =", 2),
    "open table": ("[gpio\nchip = 1", 1),
    "open text": ('\n\nlayout = "core4', 3),
    "key twice": ("rate_hz = 10\nrate_hz = 80", 2),
    "number too long": ("rate_hz = " + "9" * 5000, 1),
}


@pytest.mark.parametrize("case", TOML_ERRORS)
def test_toml_error_names_the_line(case: str, tmp_path: Path) -> None:
    text, line = TOML_ERRORS[case]
    message = error_of(tmp_path, text)
    assert message.startswith(f", line {line}: is not TOML (")
    assert "correct the line, as in name = 1.5" in message


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    message = error_of(tmp_path, b"layout = 'core4'\n# \xff")
    assert message.startswith(", line 2: is not UTF-8 text (got byte 0xff): save the file as UTF-8")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MatSettingsError, match=r"none\.toml: cannot be read \(No such file"):
        load_settings(tmp_path / "none.toml")


def test_folder_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(
        MatSettingsError, match=r"cannot be read \(Is a directory\): check the name"
    ):
        load_settings(tmp_path)


def test_file_that_is_far_too_large(tmp_path: Path) -> None:
    assert "is larger than 1048576 bytes" in error_of(tmp_path, b"#" * (1024 * 1024 + 1))
