"""A new setting is one field of one file; so is a new limit. Tried on a copy of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import matfw

SHOW = """
from pathlib import Path
from matfw.settings.default_file import default_toml, schema_json
from matfw.settings.store import SettingsStore
store = SettingsStore(None, Path("/nowhere"))
row = store.find("{word}")
assert row.keys[-1] in schema_json()
assert row.help in default_toml()
for text in ("{good}", "{bad}"):
    try:
        store.set(row.key, text)
    except ValueError as error:
        print(error)
print(row.key, row.unit, row.range, row.default, row.applies, store.get(row.key))
"""


CASES = {  # file; field it is put before, field; word, a good and a bad value; what is shown
    "a limit": (
        ("messages/limits.py", "    roll_back_mm: Annotated"),
        "    elbow_deg: Annotated[float, Range(1, 90, 'the elbow bends by more')] = 20.0\n",
        ("elbow", "25 deg", "91"),
        [
            "limits.elbow_deg must be a number 1 to 90 deg (got '91'): nothing was changed",
            "limits.elbow_deg deg 1 to 90 20.0 now (25.0, 'staged')",
        ],
    ),
    "a setting of what is asked": (
        ("settings/model.py", "    rest_s: Annotated"),
        "    music_hz: Annotated[float, NOW, Meta(ge=1, le=9, description='beats')] = 2.0\n",
        ("music", "3", "10"),
        [
            "workout.music_hz must be a number 1 to 9 Hz (got '10'): nothing was changed",
            "workout.music_hz Hz 1 to 9 2.0 now (3.0, 'staged')",
        ],
    ),
    "a setting of a pin": (
        ("settings/wiring.py", "    mute: Annotated"),
        "    fan_hz: Annotated[float, Meta(ge=1, le=9, description='fans so fast')] = 2.0\n",
        ("fan", "3", "10"),
        [
            "outputs.fan_hz must be a number 1 to 9 Hz (got '10'): nothing was changed",
            "outputs.fan_hz Hz 1 to 9 2.0 restart (3.0, 'staged')",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_field_is_all_that_a_new_one_needs(case: str, tmp_path: Path) -> None:
    (file, before), field, (word, good, bad), shown = CASES[case]
    package = Path(matfw.__file__).parent
    shutil.copytree(package, tmp_path / "matfw", ignore=shutil.ignore_patterns("__pycache__"))
    changed = tmp_path / "matfw" / file
    text = changed.read_text()
    assert text.count(before) == 1
    changed.write_text(text.replace(before, field + before))
    script = SHOW.format(word=word, good=good, bad=bad)
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert result.stderr == ""
    assert result.stdout.splitlines() == shown
