"""The guide's examples run, each as the file it says, in a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from matfw.testing.bench_file import load_bench

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "matfw" / "testing" / "README.md"
EXAMPLE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LIMIT_S = 240.0


def outside(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest where there is no checkout, with nothing of its settings."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "matfw.testing.plugin", "-p", "no:cacheprovider",
         "-p", "no:xdist", "-W", "error", "-rs", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


def test_every_example_is_a_file_and_passes(tmp_path: Path) -> None:
    text = GUIDE.read_text()
    examples = dict(EXAMPLE.findall(text))
    assert len(examples) == len(re.findall(r"^```python$", text, re.MULTILINE)), "each has a name"
    (bench,) = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for name, code in examples.items():
        (tmp_path / name).write_text(code)
    (tmp_path / "bench.toml").write_text(bench)
    assert load_bench(tmp_path / "bench.toml").weights == {"bag": 10.0}
    done = outside(tmp_path, "-q", "--mat-bench=bench.toml")
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
    tests = sum(len(re.findall(r"^def test_", code, re.MULTILINE)) for code in examples.values())
    (passed,) = re.findall(r"(\d+) passed", done.stdout)
    assert int(passed) >= tests >= 12


LEFT_ON = """
import pytest
from gpiozero import PWMLED, Button
KEPT = []
def test_a_fails(mat):
    light = PWMLED(mat.output_pins["hip"], pin_factory=mat.factory)
    light.on()
    KEPT.append((mat, light))
    assert False
def test_b_finds_it_off():
    (mat, light), = KEPT
    assert light.closed
    assert mat.lights.now == (0.0, 0.0, 0.0)
@pytest.mark.mat(layout="hex6", knees=2)
def test_c_unknown(mat): pass
"""


def test_a_failed_test_leaves_nothing_on_and_a_wrong_mark_is_named(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(LEFT_ON)
    done = outside(tmp_path, "-q")
    assert "1 failed, 1 passed, 1 error" in done.stdout
    assert "knees" in done.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[weights]\nbag = -1\n", "line 2: weights.bag must be a number 0.01 to 200"),
        ("[settings.pins.head_left]\ndout = 99\n", "line 2"),
        ('[settings]\nlayout = "hex7"\n', "hex6"),
        ("[settings.outputs]\nbuzzer_pin = 5\n", "settings.pins.head_left"),
        ("[settings\n", "is not TOML"),
    ],
)
def test_a_wrong_bench_file_ends_before_the_first_test(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "bench.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"bench\.toml") as caught:
        load_bench(path)
    assert says in str(caught.value)
