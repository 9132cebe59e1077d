"""Any sequence of set, save, revert, factory and profiles does what a simple model does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from matfw.errors import MatSettingsError
from matfw.settings.store import SettingsStore

Value: TypeAlias = object
Layer: TypeAlias = dict[str, Value]

# Some keys of each kind, of a person and of the mat; of limits and pins also what they exclude.
DEFAULTS: Layer = {
    "limits.too_high_deg": 52.0,
    "limits.too_small_deg": 22.0,
    "workout.reps": 15,
    "workout.side": "unknown",
    "person.height_m": None,
    "outputs.mute": False,
    "outputs.buzzer_pin": 18,
    "layout": "core4",
    "shared_sck": False,
}
FILE: Layer = {"limits.too_small_deg": 25.0, "outputs.mute": True, "workout.reps": 12}
FILE_TEXT = "[limits]\ntoo_small_deg = 25\n[outputs]\nmute = true\n[workout]\nreps = 12\n"
TYPED: dict[str, list[tuple[str, Value]]] = {
    "limits.too_high_deg": [("30", 30.0), ("52 deg", 52.0), ("60.5", 60.5)],
    "limits.too_small_deg": [("22", 22.0), ("25", 25.0), ("40 deg", 40.0), ("55", 55.0)],
    "workout.reps": [("8", 8), ("12", 12), ("15", 15)],
    "workout.side": [("left", "left"), ("RIGHT", "right"), ("unknown", "unknown")],
    "person.height_m": [("1.65 m", 1.65), ("1.8", 1.8)],
    "outputs.mute": [("on", True), ("off", False)],
    "outputs.buzzer_pin": [("18", 18), ("26", 26), ("27", 27)],
    "layout": [("core4", "core4"), ("hex6", "hex6")],
    "shared_sck": [("yes", True), ("no", False)],
}
WRONG = [
    ("limits.too_high_deg", "130"),
    ("limits.too_high_deg", "3 mm"),
    ("workout.side", "up"),
    ("outputs.buzzer_pin", "23"),  # the head light's
    ("no.such", "1"),
    ("", ""),
]
FORGOTTEN = object()
NAMES = ("ann", "bo", "cy")
HIP_LEFT_SCK = 27


def is_personal(key: str) -> bool:
    return key.split(".", maxsplit=1)[0] in ("person", "workout", "limits")


def is_possible(values: Layer) -> bool:
    high, small = values["limits.too_high_deg"], values["limits.too_small_deg"]
    assert isinstance(high, float)
    assert isinstance(small, float)
    # With one clock for all, the hip cells' own pins are free.
    is_pin_used = values["layout"] == "hex6" and not values["shared_sck"]
    return small <= high and not (is_pin_used and values["outputs.buzzer_pin"] == HIP_LEFT_SCK)


class Unsynced:
    """os without waiting for the disk, which test_atomic_file.py is about."""

    def __getattr__(self, name: str) -> object:
        return (lambda _fd: None) if name == "fsync" else getattr(os, name)


UNSYNCED: Any = Unsynced()


class Stored(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="matfw-test-")
        self.config = Path(self.folder.name) / "matfw.toml"
        self.config.write_text(FILE_TEXT)
        self.saved: Layer = {}
        self.profiles: dict[str, Layer] = {}
        self.profile: str | None = None
        self.staged: Layer = {}
        self.open()

    def open(self) -> None:
        self.store = SettingsStore(self.config, Path(self.folder.name) / "state", UNSYNCED)

    def teardown(self) -> None:
        self.folder.cleanup()

    # --- the model

    def values(self, staged: Layer, profile: str | None) -> Layer:
        saved, personal = dict(self.saved), dict(self.profiles.get(profile or "", {}))
        for key, value in staged.items():
            layer = personal if profile and is_personal(key) else saved
            if value is FORGOTTEN:
                layer.pop(key, None)
            else:
                layer[key] = value
        return DEFAULTS | FILE | saved | personal

    def own(self, key: str) -> Layer:
        """Return the layer that a change of key goes to."""
        return self.profiles[self.profile] if self.profile and is_personal(key) else self.saved

    def stage(self, staged: Layer, do: Callable[[], object]) -> None:
        if not is_possible(self.values(staged, self.profile)):
            with pytest.raises(MatSettingsError):
                do()
            return
        do()
        now, then = self.values({}, self.profile), self.values(staged, self.profile)
        self.staged = {
            key: value
            for key, value in staged.items()
            if value is FORGOTTEN or now[key] != then[key]
        }

    def change(self, is_allowed: bool, do: Callable[[], object]) -> bool:
        if is_allowed and not self.staged:
            do()
            return True
        with pytest.raises(MatSettingsError):
            do()
        return False

    # --- the rules

    @rule(data=st.data(), key=st.sampled_from(sorted(TYPED)))
    def set(self, data: st.DataObject, key: str) -> None:
        text, value = data.draw(st.sampled_from(TYPED[key]))
        self.stage(self.staged | {key: value}, lambda: self.store.set(key, text))

    @rule(wrong=st.sampled_from(WRONG))
    def set_wrong(self, wrong: tuple[str, str]) -> None:
        with pytest.raises(MatSettingsError):
            self.store.set(*wrong)

    @rule()
    def save(self) -> None:
        self.store.save()
        for key, value in self.staged.items():
            if value is FORGOTTEN:
                self.own(key).pop(key)
            else:
                self.own(key)[key] = value
        self.staged = {}

    @rule()
    def revert(self) -> None:
        self.store.revert()
        self.staged = {}

    @rule(key=st.sampled_from(sorted(TYPED)))
    def factory(self, key: str) -> None:
        others = {name: value for name, value in self.staged.items() if name != key}
        forgotten = {key: FORGOTTEN} if key in self.own(key) else {}
        self.stage(others | forgotten, lambda: self.store.factory(key))

    @rule()
    def factory_of_all(self) -> None:
        kept = [key for key in TYPED if key in self.own(key)]
        self.stage(dict.fromkeys(kept, FORGOTTEN), self.store.factory)

    @rule(name=st.sampled_from(NAMES))
    def new_profile(self, name: str) -> None:
        is_free = name not in self.profiles and is_possible(DEFAULTS | FILE | self.saved)
        if self.change(is_free, lambda: self.store.new_profile(name)):
            self.profiles[name] = {}
            self.profile = name

    @rule(name=st.sampled_from((*NAMES, "none")))
    def use_profile(self, name: str) -> None:
        chosen = None if name == "none" else name
        is_known = chosen is None or chosen in self.profiles
        is_allowed = is_known and is_possible(self.values({}, chosen))
        if self.change(is_allowed, lambda: self.store.use_profile(name)):
            self.profile = chosen

    @rule(name=st.sampled_from(NAMES))
    def delete_profile(self, name: str) -> None:
        after = None if self.profile == name else self.profile
        is_allowed = name in self.profiles and is_possible(self.values({}, after))
        if self.change(is_allowed, lambda: self.store.delete_profile(name)):
            del self.profiles[name]
            self.profile = after

    @rule()
    def restart(self) -> None:
        self.open()
        self.staged = {}

    @precondition(lambda self: not self.staged)
    @rule()
    def restart_without_the_file(self) -> None:
        """The newest state is lost to the card: what was before the last change holds."""
        state = Path(self.folder.name) / "state"
        before = {path.name: path.read_bytes() for path in state.glob("*")}
        if "state.toml.bak" in before:
            (state / "state.toml").write_bytes(before["state.toml"][:-30])
            assert len(SettingsStore(self.config, state).notices) == 1
            (state / "state.toml").write_bytes(before["state.toml"])

    # --- what always holds

    @invariant()
    def every_value_and_its_source_are_the_model_s(self) -> None:
        expected = self.values(self.staged, self.profile)
        personal = self.profiles.get(self.profile or "", {})
        for key, value in expected.items():
            source = (
                "staged" if key in self.staged
                else f"profile {self.profile}" if key in personal
                else "saved" if key in self.saved
                else "file" if key in FILE
                else "default"
            )  # fmt: skip
            assert self.store.get(key) == (value, source)

    @invariant()
    def the_difference_is_what_is_staged(self) -> None:
        now, then = self.values({}, self.profile), self.values(self.staged, self.profile)
        expected = [(key, now[key], then[key]) for key in sorted(self.staged)]
        assert sorted(self.store.diff(), key=lambda change: change[0]) == expected

    @invariant()
    def profiles_are_the_model_s(self) -> None:
        assert self.store.profiles() == tuple(sorted(self.profiles))
        assert self.store.profile == self.profile

    @invariant()
    def the_disk_holds_what_was_saved(self) -> None:
        again = SettingsStore(self.config, Path(self.folder.name) / "state")
        assert again.state == self.store.state
        assert self.config.read_text() == FILE_TEXT


Stored.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestStored = Stored.TestCase
