"""Settings files by their content: what is loaded of it, or what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.errors import MatSettingsError
from matfw.settings.files import load_settings
from matfw.settings.model import Settings

CUSTOM = """\
layout = "custom"
[[cells]]
name = "head_left"
x_mm = -500
y_mm = 200
[[cells]]
name = "head_right"
x_mm = -500
y_mm = -200
[[cells]]
name = "tail"
x_mm = 500.5
y_mm = 0
plate = "tail_panel"
[pins.tail]
dout = 17
sck = 27
"""


def loaded(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "matfw.toml"
    path.write_text(text)
    return load_settings(path)


def error_of(tmp_path: Path, content: str | bytes) -> str:
    path = tmp_path / "matfw.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(MatSettingsError) as caught:
        load_settings(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.isprintable()
    return message.removeprefix(str(path))
