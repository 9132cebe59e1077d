"""Any locale: every verb writes, boxes and degrees have a plain stand-in, JSON stays JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matfw.cli.encoding import JSON, LOOKALIKES, PLAIN, adapt_output, plain
from matfw.display import drawing
from matfw.messages import RawFrame
from matfw.recording.writer import RecordingWriter
from matfw.settings.model import Settings

LIMIT_S = 60.0
LOCALES = (
    {"LANG": "C"},
    {"LC_ALL": "POSIX"},
    {"LC_ALL": "en_US.iso88591", "PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
    {"LANG": "C.UTF-8"},
)


def output_of(folder: Path, locale: dict[str, str], *arguments: str) -> tuple[bytes, bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "matfw", *arguments], capture_output=True, timeout=LIMIT_S,
        check=False, cwd=folder, stdin=subprocess.DEVNULL,
        env={**kept, "HOME": str(folder), "PYTHONPATH": root, **locale},
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    return done.stdout, done.stderr


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_no_verb_fails_for_a_character(tmp_path: Path, locale: dict[str, str]) -> None:
    name = "gr\u00f6\u00dfe\u2192\U0001f600"
    for arguments in (
        ("config", "default"),
        ("config", "check", f"{name}.toml"),
        ("replay", f"{name}.csv"),
        ("record", f"{name}.txt"),
        ("doctor", "--virtual"),
        ("console",),
        ("--help",),
    ):
        out, errors = output_of(tmp_path, locale, *arguments)
        assert out or errors
        if "UTF-8" not in str(locale) and "latin" not in str(locale):
            assert (out + errors).isascii(), arguments


def test_degrees_and_boxes_have_a_stand_in_of_one_column() -> None:
    for character in {c for c in Path(drawing.__file__).read_text() if not c.isascii()}:
        assert len(plain(character)) == 1
        assert plain(character) != "?", character
    assert all(len(text) == 1 and text.isascii() for text in LOOKALIKES.values())


def test_text_and_json_in_an_encoding_that_lacks_it() -> None:
    adapt_output()
    text = "38\u00b0 \u256d\u2500\u256e gr\u00f6\u00dfer \u2840 \U0001f600"
    assert text.encode("ascii", PLAIN) == b"38d +-+ grosser * ?".replace(b"ss", b"s")
    assert json.loads(json.dumps(text, ensure_ascii=False).encode("ascii", JSON)) == text


def test_json_of_a_replay_is_the_same_in_any_locale(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "a.csv", Settings().mat()) as writer:
        writer.write(RawFrame(0.0, (1, 2, 3, 4)))
    outputs = {output_of(tmp_path, locale, "replay", "a.csv", "--json")[0] for locale in LOCALES}
    assert len(outputs) == 1
