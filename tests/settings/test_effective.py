"""What the layers come to: which value holds, and what is said where two contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from matfw.errors import MatSettingsError
from matfw.settings.store import SettingsStore


def opened(tmp_path: Path, text: str = "") -> SettingsStore:
    config = tmp_path / "matfw.toml"
    config.write_text(text)
    return SettingsStore(config, tmp_path / "state")


def test_each_layer_goes_before_the_one_below(tmp_path: Path) -> None:
    key = "limits.roll_back_mm"
    store = SettingsStore(None, tmp_path / "state")
    assert store.get(key) == (13.0, "default")
    store = opened(tmp_path, "[limits]\nroll_back_mm = 14")
    assert store.get(key) == (14.0, "file")
    store.set(key, "15")
    assert store.get(key) == (15.0, "staged")
    store.save()
    assert store.get(key) == (15.0, "saved")
    store.new_profile("mrs_b")
    assert store.get(key) == (15.0, "saved")
    store.set(key, "16 mm")
    store.save()
    assert store.get(key) == (16.0, "profile mrs_b")
    store.set(key, "17")
    assert store.get(key) == (17.0, "staged")
    assert store.settings.limits.limits().roll_back_mm == 17.0
    assert store.diff() == [(key, 16.0, 17.0)]
    store.revert()
    assert store.get(key) == (16.0, "profile mrs_b")
    again = SettingsStore(tmp_path / "matfw.toml", tmp_path / "state")
    assert again.get(key) == (16.0, "profile mrs_b")
    again.factory(key)
    assert again.get(key) == (15.0, "staged")
    again.save()
    assert again.get(key) == (15.0, "saved")
    again.use_profile("none")
    again.factory(key)
    assert again.get(key) == (14.0, "staged")
    again.save()
    assert again.get(key) == (14.0, "file")


def test_a_file_that_contradicts_what_was_saved_names_both(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.set("too_small", "45")
    store.save()
    with pytest.raises(MatSettingsError) as caught:
        opened(tmp_path, "[limits]\ntoo_high_deg = 40")
    line = (tmp_path / "state/state.toml").read_text().splitlines().index("too_small_deg = 45.0")
    assert str(caught.value) == (
        f"{tmp_path}/state/state.toml, line {line + 1}: limits.too_small_deg must not be above"
        " too_high_deg = 40 (got 45): it was saved at the console and does not go with"
        f" {tmp_path}/matfw.toml: change that, or delete this line"
    )


def test_a_saved_setting_that_is_none_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "state.toml").write_text("[saved.limits]\nnose_mm = 3")
    with pytest.raises(MatSettingsError, match=r"state.toml, line 2: limits.nose_mm is not known"):
        SettingsStore(None, tmp_path)


def test_a_wrong_file_of_the_person_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(MatSettingsError, match=r"matfw.toml, line 2: limits.roll_back_mm must"):
        opened(tmp_path, "[limits]\nroll_back_mm = 600")
