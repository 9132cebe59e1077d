"""`python -m hardware.make`: makes drawings, prints and tables again; `--check` only compares.

Needs hardware/requirements.txt in matfw's environment, and Graphviz's `dot`. Without them,
`--plain` makes or compares what needs neither: the decks, the cells, the header, the tables.
Exit code 0: all is as committed; 1: something differs (named); 2: something is not installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hardware.scripts import cell, deck, harness, header, print_views, prints, schematic
from hardware.scripts.source import FOLDER
from hardware.scripts.tables import BLOCKS

DRAWINGS, PRINT = FOLDER / "drawings", FOLDER / "print"
NEEDED = ("build123d", "schemdraw", "wireviz", "graphviz")
SHARE = 1e-4  # by which a solid may differ and still be the same
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
DIGITS = 0.05  # units of a drawing, of which 1000 are its width
BLOCK = re.compile(r"(<!-- made: ([\w ]+) -->\n\n)(.*?)(\n<!-- end -->)", re.DOTALL)
Texts = dict[str, str]
PLAIN: tuple[Callable[[], Texts], ...] = (deck.drawings, cell.drawings, header.drawings)
DRAWN: tuple[Callable[[], Texts], ...] = (schematic.drawings, print_views.drawings)


def pages() -> Iterator[tuple[Path, str]]:
    """Yield each page and how it reads with its tables made again."""
    for path in sorted([*FOLDER.glob("*.md"), *PRINT.glob("*.md")]):
        yield path, BLOCK.sub(lambda m: m[1] + BLOCKS[m[2]]() + m[4], path.read_text())


def missing() -> list[str]:
    """Return what is not installed."""
    absent = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    return absent + ([] if shutil.which("dot") else ["dot (Debian: graphviz)"])


def texts(is_plain: bool) -> Texts:
    """Return every drawing but the harnesses."""
    makers = PLAIN if is_plain else (*PLAIN, *DRAWN)
    return {name: text for make in makers for name, text in make().items()}


def make(is_plain: bool) -> list[str]:
    """Write everything; return what was written."""
    DRAWINGS.mkdir(exist_ok=True)
    PRINT.mkdir(exist_ok=True)
    drawn = texts(is_plain) | ({} if is_plain else harness.drawings())
    for name, text in drawn.items():
        (DRAWINGS / name).write_text(text)
    for path, text in pages():
        path.write_text(text)
    if not is_plain:
        for name in prints.PRINTS:
            prints.write(name, PRINT)
    return [*drawn, *([] if is_plain else prints.PRINTS)]


def check(is_plain: bool) -> list[str]:
    """Return what is not as the source says."""
    differing = [
        f"drawings/{name}"
        for name, text in texts(is_plain).items()
        if not is_same(_read(DRAWINGS / name), text)
    ]
    differing += [
        str(path.relative_to(FOLDER)) for path, text in pages() if path.read_text() != text
    ]
    if is_plain:
        return differing
    for name, text in harness.drawings().items():
        if harness.words(_read(DRAWINGS / name)) != harness.words(text):
            differing.append(f"drawings/{name}")
    with tempfile.TemporaryDirectory() as folder:
        for name in prints.PRINTS:
            prints.write(name, Path(folder))
            differing += _solids_differ(name, Path(folder))
    return differing


def is_same(committed: str, fresh: str) -> bool:
    """Return whether two drawings are the same: by bytes, else but for a number's last digits.

    Another processor's sine, or a CAD kernel built by another compiler, rounds another way. Lines
    are sorted by their coordinates, so their order may change with the last digit.
    """
    if committed == fresh:
        return True
    mine, theirs = committed.splitlines(), fresh.splitlines()
    if Counter(NUMBER.sub("", line) for line in mine) != Counter(
        NUMBER.sub("", line) for line in theirs
    ):
        return False
    numbers = [sorted(map(float, NUMBER.findall(text))) for text in (committed, fresh)]
    return all(abs(a - b) <= DIGITS for a, b in zip(*numbers, strict=True))


def _solids_differ(name: str, fresh: Path) -> Iterator[str]:
    """Yield a part's files that are another solid: by bytes, else by geometry."""
    step, stl = f"{name}.step", f"{name}.stl"
    if not (PRINT / step).exists() or not (PRINT / stl).exists():
        yield f"print/{name}"
        return
    solid = prints.read_step(fresh / step)
    if (PRINT / step).read_bytes() != (fresh / step).read_bytes() and solid.differs(
        prints.read_step(PRINT / step), SHARE
    ):
        yield f"print/{step}"
    if (PRINT / stl).read_bytes() != (fresh / stl).read_bytes():
        volumes = [prints.stl_volume(prints.read_stl(at / stl)) for at in (PRINT, fresh)]
        if abs(volumes[0] - volumes[1]) > SHARE * volumes[1]:
            yield f"print/{stl}"


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or compare; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m hardware.make", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--plain", action="store_true", help="only what needs nothing installed")
    options = parser.parse_args(arguments)
    absent = [] if options.plain else missing()
    if absent:
        print(
            f"not installed: {', '.join(absent)}: pip install -r hardware/requirements.txt, sudo"
            " apt install graphviz libgl1; or say --plain",
            file=sys.stderr,
        )
        return 2
    if options.check:
        differing = check(options.plain)
        for name in differing:
            print(f"differs from hardware/mat.toml or the firmware's defaults: hardware/{name}")
        print("something differs: python -m hardware.make" if differing else "all as committed")
        return 1 if differing else 0
    print(f"made: {', '.join(make(options.plain))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
