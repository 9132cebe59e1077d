"""Any terminal, any locale: what an encoding lacks is replaced by something plain, never a crash.

Python writes UTF-8 under LANG=C (PEP 538, 540), whatever the terminal takes: so there, and in any
encoding without boxes, degree signs or letters with accents, they become + - | deg and bare
letters. In JSON they become \\u escapes, which mean the same.
"""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from collections.abc import Mapping
from io import TextIOWrapper

PLAIN, JSON = "matfw_plain", "matfw_json"
C_LOCALES = ("C", "POSIX")
COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # PEP 538
# One character for one, where pictures must keep their columns.
LOOKALIKES: Mapping[str, str] = {
    **dict.fromkeys("─━╌┈═", "-"),
    **dict.fromkeys("│┃┊┆║", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
    **dict.fromkeys("█▉▊▋▌▍▎▏▓▒", "#"),
    **dict.fromkeys("░", "."),
    **dict.fromkeys("●○◦•▪■", "o"),
    **dict.fromkeys("▸►→", ">"),
    **dict.fromkeys("◄←", "<"),
    **dict.fromkeys("✓✔", "v"),
    **dict.fromkeys("✗✘×", "x"),
    **dict.fromkeys("·", "."),
    **dict.fromkeys("♪♫", "~"),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("–—−", "-"),
    "°": "d", "±": "~", "…": ".", "µ": "u", "ß": "s", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
BRAILLE = ("\u2800", "\u28ff")  # dots of the close-up: none is a blank, any is a star


def plain(character: str) -> str:
    """Return one plain character in the place of one."""
    if character in LOOKALIKES:
        return LOOKALIKES[character]
    if BRAILLE[0] <= character <= BRAILLE[1]:
        return " " if character == BRAILLE[0] else "*"
    bare = unicodedata.normalize("NFKD", character)[0]
    return bare if bare.isascii() and bare.isprintable() else "?"


def adapt_output() -> None:
    """Let stdout and stderr write anything, as well as their encoding can, and line by line.

    Into a pipe Python writes 8 kB at a time: `matfw replay FILE --json | jq` would say nothing for
    minutes.
    """
    codecs.register_error(PLAIN, _replace_plain)
    codecs.register_error(JSON, _replace_json)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            is_c = _is_c_locale(os.environ)
            stream.reconfigure(
                encoding="ascii" if is_c else stream.encoding, errors=PLAIN, line_buffering=True
            )


def write_json() -> None:
    """Let stdout keep what it lacks as JSON's escapes."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors=JSON)


def _is_c_locale(environ: Mapping[str, str]) -> bool:
    """Return whether the user's own words for the character set are C; PYTHONUTF8 overrules."""
    if environ.get("PYTHONUTF8") or environ.get("PYTHONIOENCODING"):
        return False
    names = ["LC_ALL", "LC_CTYPE", "LANG"]
    if environ.get("LC_CTYPE") in COERCED:
        names.remove("LC_CTYPE")  # Python itself has put that there, in the place of C
    words = (environ.get(name) for name in names)
    return next((word for word in words if word), "") in C_LOCALES


def _replace_plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(plain, error.object[error.start : error.end])), error.end


def _replace_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in pairs), error.end
