"""Where a person's settings and state are."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.errors import MatSettingsError
from matfw.settings.files import default_config_path, default_state_dir


def test_person_s_folders_follow_xdg(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert default_config_path(home) is None
    assert default_state_dir(home) == tmp_path / ".local/state/matfw"
    config = tmp_path / ".config/matfw/matfw.toml"
    config.parent.mkdir(parents=True)
    config.write_text("")
    assert default_config_path(home) == config
    elsewhere = {**home, "XDG_CONFIG_HOME": str(tmp_path / "x"), "XDG_STATE_HOME": "/var/x"}
    assert default_config_path(elsewhere) is None
    assert default_state_dir(elsewhere) == Path("/var/x/matfw")
    assert default_state_dir({**home, "XDG_STATE_HOME": "relative"}) == default_state_dir(home)


def test_no_home_asks_for_the_options() -> None:
    with pytest.raises(MatSettingsError, match="pass --config FILE and --state DIR"):
        default_state_dir({})
