"""The documents say what the code does: pins, geometry, verbs, commands, phases, links."""

from __future__ import annotations

import argparse
import importlib
import operator
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from matfw.cli.arguments import build_parser
from matfw.cli.exit_codes import EXIT_DONE, EXIT_FAILED, EXIT_USAGE
from matfw.cli.verbs import VERBS
from matfw.console.commands import COMMANDS
from matfw.console.help_commands import readme_table
from matfw.control.errors import Code
from matfw.layouts import PRESETS
from matfw.messages import CellCalibration, RawFrame
from matfw.phases import TRANSITIONS
from matfw.ports import RAIL_CHANNELS
from matfw.recording.writer import RecordingWriter
from matfw.settings.files import load_settings
from matfw.settings.model import Settings
from matfw.settings.wiring import DEFAULT_PINS, I2C_1_PINS, LightPins, XshutPins
from matfw.workout.transitions import ROWS as WORKOUT_ROWS
from tests.control.fake_control import Talk
from tests.pictures import FOLDER, pictures

ROOT = Path(__file__).parents[1]
HARDWARE = {path.name: path.read_text() for path in (ROOT / "hardware").glob("*.md")}
WIRING, DECK, HIPS = (HARDWARE[name] for name in ("wiring.md", "deck.md", "hip_sensors.md"))
COMMISSIONING = HARDWARE["commissioning.md"]
README = (ROOT / "README.md").read_text()
CONSOLE = (ROOT / "matfw" / "console" / "README.md").read_text()
MAX_WORDS = 900  # a reader's five minutes
DESIGN = (ROOT / "matfw" / "DESIGN.md").read_text()
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])
)


def headings(text: str) -> Iterator[tuple[int, str, str]]:
    """Return each heading's end, hashes and words; comments in code are no headings."""
    at, is_code = 0, False
    for line in text.splitlines(keepends=True):
        at += len(line)
        if line.startswith("```"):
            is_code = not is_code
        elif not is_code and (match := re.match(r"(#+) (.+)", line)):
            yield at, match[1], match[2]


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its level or above."""
    level, title = heading.split(" ", 1)
    start: int | None = None
    for at, hashes, words in headings(text):
        if start is not None and len(hashes) <= len(level):
            return text[start : text.rindex(f"{hashes} {words}", 0, at)]
        if start is None and (hashes, words) == (level, title):
            start = at
    assert start is not None, f"no heading {heading}"
    return text[start:]


def rows(text: str) -> list[list[str]]:
    """Return the cells of every Markdown table row but the headings and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    table = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    rules = [at for at, cells in enumerate(table) if not set("".join(cells)) - set("-: ")]
    return [cells for at, cells in enumerate(table) if at not in rules and at + 1 not in rules]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def header_pin(gpio: int) -> int:
    """Return the header's pin of a GPIO number, as gpiozero knows the board."""
    pins = MockFactory().board_info.headers["J8"].pins
    (number,) = [number for number, pin in pins.items() if pin.name == f"GPIO{gpio}"]
    return int(number)


# --- hardware/ ----------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_the_pin_table_is_the_default_wiring(layout: str) -> None:
    wires = Settings(layout=layout).wiring()  # type: ignore[arg-type]  # a Literal
    table = {cells[0]: cells[1:] for cells in rows(section(WIRING, f"### {layout}"))}
    assert table == {
        name: [
            f"GPIO{pins.dout}", str(header_pin(pins.dout)),
            f"GPIO{pins.sck}", str(header_pin(pins.sck)),
        ]
        for name, pins in wires.items()
    }  # fmt: skip


def test_every_default_pin_is_in_a_table() -> None:
    assert {name for layout in PRESETS.values() for name in (c.name for c in layout.cells)} == set(
        DEFAULT_PINS
    )


def test_the_output_table_is_the_default_outputs() -> None:
    outputs = Settings().outputs
    expected = {"buzzer": outputs.buzzer_pin} | {
        f"{name}` light": getattr(outputs.light_pins, name) for name in LightPins.__struct_fields__
    }
    table = {cells[0]: cells[1:] for cells in rows(section(WIRING, "### Buzzer and lights"))}
    assert table == {
        name: [f"GPIO{gpio}", str(header_pin(gpio))] for name, gpio in expected.items()
    }


def test_the_hip_sensors_table_is_the_default_wires() -> None:
    xshuts = Settings().hip_sensors.xshut_pins
    expected = dict(zip(("SDA", "SCL"), I2C_1_PINS, strict=True)) | {
        f"XSHUT {name}": getattr(xshuts, name) for name in XshutPins.__struct_fields__
    }
    table = {cells[0]: cells[1:] for cells in rows(section(HIPS, "## Their wires"))}
    assert table == {
        name: [f"GPIO{gpio}", str(header_pin(gpio))] for name, gpio in expected.items()
    }


def test_the_rail_is_described_where_the_firmware_takes_it_to_be() -> None:
    places = ", ".join(f"{channel.x_mm or 0:+.0f}" for channel in RAIL_CHANNELS)
    assert f"at x = {places.replace('+0,', '0,')} mm" in section(HIPS, "# Hip sensors")


@pytest.mark.parametrize("layout", sorted(PRESETS))
def test_the_hip_sensors_example_can_be_wired_on_every_layout(layout: str, tmp_path: Path) -> None:
    (example,) = blocks(section(HIPS, "## Their wires"), "toml")
    path = tmp_path / "matfw.toml"
    if layout != "trio8":  # the example has its pin for the heel in a comment
        path.write_text(f'layout = "{layout}"\n{example}')
    else:
        assert "# xshut_pins" in example
        path.write_text(f'layout = "{layout}"\n{example.replace("# xshut_pins", "xshut_pins")}')
    assert load_settings(path).hip_sensors.rail == "vl53l1x"


def test_the_wiring_picture_has_the_first_cells_pins() -> None:
    drawing = section(WIRING, "## Wiring")
    pins = DEFAULT_PINS["head_left"]
    for gpio in (pins.dout, pins.sck):
        assert re.search(rf"│ {header_pin(gpio)}  GPIO{gpio} ", drawing)
    for name, number in (("3V3", 1), ("5V", 2), ("GND", 6)):
        assert MockFactory().board_info.headers["J8"].pins[number].name == name
        assert re.search(rf"│ +{number}  {name} ", drawing)


def test_the_geometry_table_is_the_presets() -> None:
    table = rows(section(DECK, "## Geometry"))
    assert table == [
        [layout.name, cell.name, f"{cell.x_mm:.0f}", f"{cell.y_mm:.0f}", cell.plate]
        for layout in PRESETS.values()
        for cell in layout.cells
    ]


@pytest.mark.parametrize(
    "text", [text for page in (*HARDWARE.values(), README) for text in blocks(page, "toml")]
)
def test_a_settings_example_is_toml(text: str) -> None:
    assert tomllib.loads(text)


def test_the_calibration_script_finds_each_cells_line(tmp_path: Path) -> None:
    """Written down for people to copy, so it is run as they would."""
    script = tmp_path / "lines.py"
    script.write_text(blocks(section(COMMISSIONING, "### Calibrating by hand"), "python")[0])
    lines = [(8123.0, 42900.0), (-400.0, 40100.0), (0.0, -43800.0), (77.0, 21500.0)]
    settings = Settings()
    mat = replace(settings.mat(), calibration=(CellCalibration(0.0, 1.0),) * 4)
    shares = [(0.0,) * 4] + [tuple(0.91 if i == at else 0.03 for i in range(4)) for at in range(4)]
    names = []
    for number, share in enumerate(shares):
        path = tmp_path / f"{number}.csv"
        with RecordingWriter(path, mat, "a test") as writer:
            for frame in range(20):
                counts = [round(t + 20.0 * s * k) for (t, k), s in zip(lines, share, strict=True)]
                writer.write(RawFrame(frame / 80, (None if frame == 3 else counts[0], *counts[1:])))
        names.append(str(path))
    done = subprocess.run(
        [sys.executable, str(script), "20.0", *names],
        check=True, text=True, capture_output=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    found = tomllib.loads(done.stdout)["calibration"]
    assert list(found) == [cell.name for cell in mat.cells]
    for line, (tare_counts, counts_per_kg) in zip(found.values(), lines, strict=True):
        assert line["tare_counts"] == pytest.approx(tare_counts)
        assert line["counts_per_kg"] == pytest.approx(counts_per_kg, rel=1e-4)


# --- README.md ----------------------------------------------------------------------------------


def verbs() -> dict[str, argparse.ArgumentParser]:
    (actions,) = [
        a for a in build_parser(VERBS)._actions if isinstance(a, argparse._SubParsersAction)
    ]
    return dict(actions.choices)


def test_the_verb_table_is_the_parsers() -> None:
    table = rows(section(README, "## Verbs"))
    assert [cells[0].split()[1] for cells in table if cells[0].startswith("matfw ")] == list(
        verbs()
    )


def test_every_verb_and_option_named_anywhere_exists() -> None:
    known = verbs()
    for path in DOCUMENTS:
        for verb, rest in re.findall(r"`matfw ([a-z]+)((?: [^`\n]+)?)`", path.read_text()):
            assert verb in known, f"{path.name} names the verb {verb}"
            options = {o for action in known[verb]._actions for o in action.option_strings}
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in options, f"{path.name} names {verb} {option}"


def test_the_readme_is_five_minutes() -> None:
    assert len(README.split()) <= MAX_WORDS


def test_the_pictures_are_made_from_the_projects_own_data() -> None:
    """Where they differ, `python -m tests.pictures` makes new ones; then look at them."""
    for name, text in pictures().items():
        assert (FOLDER / name).read_text() == text, name


def test_the_exit_codes_are_the_programs() -> None:
    codes = {
        cells[0]: cells[1] for cells in rows(section(README, "## Verbs")) if cells[0].isdigit()
    }
    assert sorted(map(int, codes)) == [EXIT_DONE, EXIT_FAILED, EXIT_USAGE]


def test_the_two_commands_are_complete_and_ci_runs_the_second() -> None:
    prepare, demo, tests = [
        line
        for block in blocks(section(README, "## Try it"), "sh")
        for line in block.splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert prepare.startswith("sudo apt install -y git python3-venv && git clone ")
    assert demo.startswith("python3 -m venv .venv && ")
    assert demo.endswith(" && .venv/bin/matfw demo")
    assert tests.endswith(" && .venv/bin/python -m tests")
    *_, runs_it, ends = (ROOT / ".ci" / "run").read_text().splitlines()
    assert (runs_it, ends) == (f"{tests} || failed=1", 'exit "$failed"')


def test_the_consoles_table_is_made_from_its_commands() -> None:
    """Where it differs, put what readme_table(COMMANDS) returns between the two comments."""
    (table,) = re.findall(
        r"<!-- The table is made: .* -->\n(.*?)\n<!-- The table ends -->", CONSOLE, re.DOTALL
    )
    assert table == readme_table(COMMANDS)


def test_the_consoles_errors_are_its_numbers() -> None:
    table = [cells[0] for cells in rows(section(CONSOLE, "## Errors")) if "xx" in cells[0]]
    assert table == [f"E{kind}xx" for kind in sorted({code.value // 100 for code in Code})]


def test_the_consoles_dialogue_is_what_the_console_answers(tmp_path: Path) -> None:
    (example,) = blocks(section(CONSOLE, "## An example"), "text")
    talk = Talk(tmp_path)
    for part in example.split("matfw> ")[1:]:
        typed, *answer = part.splitlines()
        assert talk.ask(typed) == answer


# --- matfw/DESIGN.md ----------------------------------------------------------------------------


def test_the_phase_diagram_has_the_arrows_of_the_machine() -> None:
    (diagram,) = [text for text in blocks(DESIGN, "mermaid") if "stateDiagram" in text]
    arrows = re.findall(
        r"^\s*(\w+) --> (\w+): (\w+)(?:, after ([\d.]+) s)?$", diagram, re.MULTILINE
    )
    assert [(s, t, g, float(dwell or 0)) for s, t, g, dwell in arrows] == [
        (row.source.value, row.target.value, row.guard.__name__.removeprefix("_"), row.min_dwell_s)
        for row in TRANSITIONS
    ]


def test_the_workouts_table_is_the_coachs() -> None:
    assert rows(section(DESIGN, "## The workout")) == [
        [
            ", ".join(source.value for source in row.sources),
            row.guard.__name__.removeprefix("_").replace("_", " "),
            row.target.value,
        ]
        for row in WORKOUT_ROWS
    ]


def test_a_frames_way_names_functions_that_exist() -> None:
    way = rows(section(DESIGN, "## One frame, file by file"))
    assert len(way) > 15
    for _, where, _ in way:
        path, *names = re.findall(r"`?([\w./]+)`?", where)
        module = importlib.import_module(f"matfw.{path.removesuffix('.py').replace('/', '.')}")
        assert names
        for name in names:
            assert callable(operator.attrgetter(name)(module)), f"{path} {name}"


def test_the_rooms_are_what_ls_shows() -> None:
    tables = rows(section(DESIGN, "## The rooms"))
    named = [name for cells in tables for name in re.findall(r"[\w.]+", cells[0])]
    package = ROOT / "matfw"
    folders = sorted(path.name for path in package.iterdir() if (path / "__init__.py").exists())
    assert named[: len(folders)] == folders
    assert sorted(named[len(folders) :]) == sorted(path.name for path in package.glob("*.py"))


def test_who_may_import_whom_is_what_the_contracts_hold() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    text = section(DESIGN, "## Who may import whom")
    assert [cells[0] for cells in rows(text)] == [rule["name"] for rule in linter["contracts"]]
    (layers,) = [rule["layers"] for rule in linter["contracts"] if rule["type"] == "layers"]
    drawn = " ".join(line.strip() for line in text.splitlines() if line.startswith("    "))
    assert drawn.split(" > ") == layers


# --- all of them --------------------------------------------------------------------------------


def links(path: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"\]\(([^)\s]+)\)", text)


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as forges make them."""
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for _, _, h in headings(text)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for link in links(path):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{link} is not there"
        assert not anchor or anchor in anchors(target.read_text()), f"{link} has no such heading"


NAMED = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|service|sysusers|rules))`")
MADE_BY_PEOPLE = {
    "state.toml", "matfw.toml", "lines.py", "bench.toml", "test_bring_up.py", "test_wires.py",
}  # fmt: skip


def homes(path: Path) -> Sequence[Path]:
    """Return where a file that a document names may be: beside it, at the root, in matfw."""
    return (path.parent, ROOT, ROOT / "matfw")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_named_is_there(path: Path) -> None:
    for name in NAMED.findall(path.read_text()):
        if name not in MADE_BY_PEOPLE and not name.startswith("/"):
            assert any((home / name).exists() for home in homes(path)), f"{name} is not there"
