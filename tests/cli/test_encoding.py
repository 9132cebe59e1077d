"""Any locale: every verb writes, boxes and degrees have a plain stand-in, JSON stays JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
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


# Several verbs in one process, which takes a third of a second to start: "verb" before each.
VERBS_IN_TURN = """
import sys
from matfw.cli.verbs import main
for words in sys.argv[1:]:
    print("verb", flush=True)
    print("verb", file=sys.stderr, flush=True)
    try:
        main(words.split("|"))
    except SystemExit:  # argparse's, after --help
        pass
"""


def outputs_of(
    folder: Path, locale: dict[str, str], *calls: Sequence[str]
) -> list[tuple[bytes, bytes]]:
    """Return what each call writes to stdout and stderr."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", VERBS_IN_TURN, *("|".join(words) for words in calls)],
        capture_output=True, timeout=LIMIT_S,
        check=False, cwd=folder, stdin=subprocess.DEVNULL,
        env={**kept, "HOME": str(folder), "PYTHONPATH": root, **locale},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    out, errors = (text.split(b"verb\n")[1:] for text in (done.stdout, done.stderr))
    assert len(out) == len(errors) == len(calls)
    return list(zip(out, errors, strict=True))


NAME = "gr\u00f6\u00dfe\u2192\U0001f600"
CALLS = (
    ("config", "default"),
    ("config", "check", f"{NAME}.toml"),
    ("replay", f"{NAME}.csv"),
    ("record", f"{NAME}.txt"),
    ("doctor", "--virtual"),
    ("console",),
    ("--help",),
    ("replay", "a.csv", "--json"),
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[bytes, bytes]]]:
    """Return what each call writes, in each of LOCALES."""
    folder = tmp_path_factory.mktemp("locales")
    with RecordingWriter(folder / "a.csv", Settings().mat()) as writer:
        writer.write(RawFrame(0.0, (1, 2, 3, 4)))
    return [outputs_of(folder, locale, *CALLS) for locale in LOCALES]


@pytest.mark.parametrize("number", range(len(LOCALES)), ids=map(str, LOCALES))
def test_no_verb_fails_for_a_character(
    written: list[list[tuple[bytes, bytes]]], number: int
) -> None:
    is_plain = not any(word in str(LOCALES[number]) for word in ("UTF-8", "latin"))
    for arguments, (out, errors) in zip(CALLS, written[number], strict=True):
        assert out or errors, arguments
        assert (out + errors).isascii() or not is_plain, arguments


def test_json_of_a_replay_is_the_same_in_any_locale(
    written: list[list[tuple[bytes, bytes]]],
) -> None:
    assert len({outputs[-1][0] for outputs in written}) == 1


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
