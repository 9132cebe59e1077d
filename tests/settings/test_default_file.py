"""`matfw config`: the commented file is the defaults, the schema accepts what matfw accepts."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.cli.exit_codes import EXIT_DONE, EXIT_USAGE
from matfw.cli.verbs import main
from matfw.settings.default_file import WIDTH, default_toml, schema_json
from matfw.settings.files import load_settings
from matfw.settings.model import Settings
from matfw.settings.rows import Setting, table
from matfw.settings.schema import MismatchError, build
from matfw.settings.store import SettingsStore
from tests.test_docs import README, blocks, section

DEFAULT = re.compile(r"#(?=[a-z0-9_]+ = )")  # a line that may be uncommented
LINES = default_toml().splitlines()
ROWS = {row.key: row for row in table(Settings())}
SCHEMA = jsonschema.Draft202012Validator(json.loads(schema_json()))


# --- the commented file


@settings(deadline=None)  # a busy computer is no failure
@given(st.sets(st.sampled_from([n for n, line in enumerate(LINES) if DEFAULT.match(line)])))
def test_any_lines_of_the_default_file_uncommented_are_the_defaults(taken: set[int]) -> None:
    lines = [line[1:] if number in taken else line for number, line in enumerate(LINES)]
    parsed = tomllib.loads("\n".join(lines))
    assert build(parsed, Settings) == Settings()
    assert len(list(leaves(parsed))) == len(taken)


def leaves(tables: dict[str, Any], above: str = "") -> Iterator[str]:
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


def test_the_default_file_has_each_setting_once_with_its_meaning_and_range() -> None:
    keys, name = [], ""
    for line, above in zip(LINES, ["", *LINES], strict=False):
        if line.startswith("# [["):
            break
        if match := re.match(r"(?:# )?\[([a-z_.]+)\]", line):
            name = f"{match[1]}."
        elif match := re.match(r"# ?([a-z0-9_]+) = ", line):
            keys.append(f"{name}{match[1]}")
            row = ROWS[keys[-1]]
            assert above.startswith("# ")
            text = " ".join(words.removeprefix("#").strip() for words in LINES)
            assert row.help in text
            is_example = line.startswith("# ")
            assert is_example == (row.default is None or name.startswith("pins."))
    expected = {
        key for key in ROWS if not key.startswith("pins.") and key not in ("cells", "plans")
    }
    assert sorted(keys) == sorted({*expected, "pins.head_left.dout", "pins.head_left.sck"})
    assert all(len(line) <= WIDTH for line in LINES)


def test_the_examples_of_the_default_file_are_right(tmp_path: Path) -> None:
    path = tmp_path / "matfw.toml"
    text = default_toml().partition("# [[cells]]")[0]
    path.write_text(re.sub(r"^# (?=\[[a-z_.]+\]|[a-z0-9_]+ = )", "", text, flags=re.MULTILINE))
    loaded = load_settings(path)
    assert (loaded.person.sex, loaded.person.height_m) == ("female", 1.65)
    assert loaded.wiring() == Settings().wiring()


# --- the schema


def is_accepted(data: object) -> bool:
    try:
        build(data, Settings)
    except MismatchError:
        return False
    return True


def test_the_schema_is_one_and_knows_every_setting() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_json()))
    assert SCHEMA.is_valid({})
    assert SCHEMA.is_valid(tomllib.loads("\n".join(DEFAULT.sub("", line) for line in LINES)))
    for row in ROWS.values():
        assert row.help.replace('"', '\\"') in schema_json()


def nested(row: Setting, value: object) -> dict[str, object]:
    data: dict[str, object] = {str(row.keys[-1]): value}
    for key in reversed(row.keys[:-1]):
        data = {str(key): data}
    return data


@settings(deadline=None)  # a busy computer is no failure
@given(st.sampled_from(list(ROWS.values())), st.data())
def test_the_schema_accepts_what_matfw_accepts(row: Setting, data: st.DataObject) -> None:
    limits = [float(word) for word in re.findall(r"[\d.]+", row.range)]
    near = [limit + step for limit in limits for step in (-1, -0.001, 0, 0.001, 1)]
    value = data.draw(
        st.sampled_from([*row.choices, *near, *map(int, near), 106, 107])
        | st.booleans()
        | st.text(max_size=5)
        | st.lists(st.sampled_from([0, 0.2, 1, 31]), max_size=4)
    )
    if isinstance(value, float) and value.is_integer() and row.kind in ("integer", "choice"):
        value = value + 0.5  # JSON's 5.0 is a whole number, TOML's is none
    document = nested(row, value)
    assert SCHEMA.is_valid(document) == is_accepted(document)


# --- the verb


def test_the_verb_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "default"]) == EXIT_DONE
    assert capsys.readouterr().out == default_toml()
    assert main(["config", "schema"]) == EXIT_DONE
    assert json.loads(capsys.readouterr().out) == json.loads(schema_json())


def test_a_file_is_checked_alone_and_with_what_was_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, state = tmp_path / "my.toml", tmp_path / "state"

    def check(text: str) -> tuple[int, str]:
        path.write_text(text)
        code = main(["config", "check", str(path), "--state", str(state)])
        output = capsys.readouterr()
        return code, output.out + output.err

    assert check("[limits]\ntoo_high_deg = 40") == (EXIT_DONE, f"{path}: ok\n")
    code, output = check("[limits]\n\ntoo_high_deg = 400")
    assert code == EXIT_USAGE
    assert output == (
        f"matfw: {path}, line 3: limits.too_high_deg must be a number 1 to 120 (got 400): correct"
        " it, or delete it for the default\n"
    )
    store = SettingsStore(None, state)
    store.set("too_small", "45")
    store.save()
    code, output = check("[limits]\ntoo_high_deg = 40")
    assert code == EXIT_USAGE
    assert output.startswith(f"matfw: {state}/state.toml, line ")
    assert f"does not go with {path}: change that, or delete this line" in output


def test_a_damaged_state_is_reported_and_does_not_stop_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = SettingsStore(None, tmp_path)
    for reps in ("8", "9"):
        store.set("reps", reps)
        store.save()
    (tmp_path / "state.toml").write_bytes((tmp_path / "state.toml").read_bytes()[:200])
    (tmp_path / "my.toml").touch()
    arguments = ["config", "check", str(tmp_path / "my.toml"), "--state", str(tmp_path)]
    assert main(arguments) == EXIT_DONE
    output = capsys.readouterr()
    assert output.err.startswith(f"matfw: {tmp_path}/state.toml")
    assert "read state.toml.bak instead" in output.err
    assert output.out.endswith("my.toml: ok\n")


def test_the_readme_s_example_is_right_and_shows_defaults_where_it_can(tmp_path: Path) -> None:
    [text] = blocks(section(README, "## Settings"), "toml")
    path = tmp_path / "matfw.toml"
    path.write_text(text)
    loaded = load_settings(path)
    assert loaded.outputs == Settings().outputs
    assert loaded.workout == msgspec.structs.replace(Settings().workout, side=loaded.workout.side)
