"""The settings store: which value holds and why, what is refused, what is kept, whose it is."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from matfw.errors import MatSettingsError, MatStateError
from matfw.judging.habits import Habits, own_limits
from matfw.messages import Limits, Side
from matfw.settings.atomic_file import alone_in
from matfw.settings.limits import LimitSettings
from matfw.settings.model import Settings
from matfw.settings.profiles import MAX_PROFILES
from matfw.settings.state import CellLine
from matfw.settings.store import SettingsStore

FIRST, SECOND, THIRD = (CellLine(tare_counts=t, counts_per_kg=42_000.0) for t in (1.0, 2.0, 3.0))


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(None, tmp_path / "state")


def opened(tmp_path: Path, text: str = "") -> SettingsStore:
    config = tmp_path / "matfw.toml"
    config.write_text(text)
    return SettingsStore(config, tmp_path / "state")


# --- what is staged, saved and forgotten


def test_the_persons_file_is_never_written(tmp_path: Path) -> None:
    text = "# mine\n[limits]\nroll_back_mm   =   14\n"
    store = opened(tmp_path, text)
    before = (tmp_path / "matfw.toml").stat()
    store.set("roll_back_mm", "15")
    store.save()
    store.factory()
    store.save()
    after = (tmp_path / "matfw.toml").stat()
    assert (tmp_path / "matfw.toml").read_text() == text
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_every_setting_can_be_set_saved_and_forgotten(tmp_path: Path) -> None:
    for row in SettingsStore(None, tmp_path).table():
        if row.key == "cells":  # only with layout: below
            continue
        store = SettingsStore(None, tmp_path / row.key)
        default = row.default
        assert store.get(row.key) == (default, "default")
        if row.key != "layout":
            staged_one_of(
                store, row.key,
                (*row.choices, "25", "26", "10", "0.9", "1", "2-1-4", "x", "three_by_fifteen",
                 "22:00-07:00", '[{name = "own"}]'),
            )  # fmt: skip
        else:
            store.set("layout", "hex6")
        value, source = store.get(row.key)
        assert value != default
        assert source == "staged"
        store.save()
        again = SettingsStore(None, tmp_path / row.key)
        assert again.get(row.key) == (value, "saved")
        again.factory()
        again.save()
        assert again.get(row.key) == (default, "default")
        assert SettingsStore(None, tmp_path / row.key).settings == Settings()


def staged_one_of(store: SettingsStore, key: str, texts: Sequence[str]) -> None:
    for text in texts:
        with contextlib.suppress(MatSettingsError):
            store.set(key, text)
        if store.diff():
            return
    pytest.fail(f"{key} takes none of {texts}")


def test_a_setting_put_back_to_what_is_saved_is_staged_no_more(store: SettingsStore) -> None:
    store.set("reps", "8")
    store.set("reps", "15")
    assert store.diff() == []
    store.save()
    assert store.get("reps") == (15, "default")


def test_a_custom_mat_is_described_at_once(store: SettingsStore) -> None:
    cells = ", ".join(
        f"{{ name = '{n}', x_mm = {x}, y_mm = 0 }}" for n, x in (("a", -900), ("b", 900))
    )
    third = "{ name = 'head_left', x_mm = 0, y_mm = 275 }"
    pairs = [("layout", "custom"), ("cells", f"[{cells}, {third}]")]
    with pytest.raises(MatSettingsError, match=r"at least 3 \[\[cells\]\] \(got 0\)"):
        store.set(*pairs[0])
    with pytest.raises(MatSettingsError, match='cells are given, but layout is not "custom"'):
        store.set(*pairs[1])
    with pytest.raises(MatSettingsError, match=r"cells\[0\].name a has no pins of its own"):
        store.set_all(pairs)
    pins = [(f"pins.{cell}.{wire}", str(pin)) for cell, wire, pin in (
        ("a", "dout", 17), ("a", "sck", 27), ("b", "dout", 4), ("b", "sck", 22),
    )]  # fmt: skip
    store.set_all([*pairs, *pins])
    store.save()
    assert [cell.name for cell in store.settings.mat_cells()] == ["a", "b", "head_left"]
    assert store.get("pins.b.sck") == (22, "saved")
    assert store.get("pins.head_left.sck") == (12, "default")
    with pytest.raises(MatSettingsError, match=r"pins\.foot_left\.dout is no setting"):
        store.get("pins.foot_left.dout")


def test_pins_of_a_cell_that_the_layout_lost_can_be_forgotten(store: SettingsStore) -> None:
    store.set_all([("layout", "hex6"), ("pins.hip_left.dout", "26")])
    store.save()
    with pytest.raises(MatSettingsError, match=r"pins\.hip_left is no cell"):
        store.set("layout", "core4")
    store.factory("pins.hip_left.dout")
    store.set("layout", "core4")
    store.save()
    assert store.settings.mat_cells() == Settings().mat_cells()


# --- what is refused


@pytest.mark.parametrize(
    ("key", "text", "part"),
    [
        (
            "limits.too_small_deg",
            "53",
            "must not be above too_high_deg = 52 (got 53)",
        ),
        ("outputs.buzzer_pin", "5", "pins.head_left.dout and outputs.buzzer_pin both use GPIO 5"),
        ("pins.head_left.sck", "18", "pins.head_left.sck and outputs.buzzer_pin both use GPIO 18"),
        ("limits.roll_back_mm", "600", "must be a number 1 to 200 mm (got '600')"),
        ("limits.nose_mm", "1", "limits.nose_mm is no setting"),
    ],
)
def test_an_error_changes_nothing(key: str, text: str, part: str, store: SettingsStore) -> None:
    store.set("reps", "8")
    before = (store.settings, store.diff(), store.state)
    with pytest.raises(MatSettingsError) as caught:
        store.set_all([("workout.sets", "2"), (key, text)])
    assert part in str(caught.value)
    assert str(caught.value).isprintable()
    assert (store.settings, store.diff(), store.state) == before


# --- people


def test_a_profile_holds_what_is_a_persons_and_nothing_of_the_mat(store: SettingsStore) -> None:
    store.new_profile("b")
    assert (store.profile, store.profiles()) == ("b", ("b",))
    store.set_all([("height", "1.55"), ("side", "right"), ("roll_back_mm", "10"), ("mute", "on")])
    store.save()
    sources = {key: store.get(key)[1] for key in ("height", "side", "roll_back_mm", "mute")}
    assert sources == {
        **dict.fromkeys(("height", "side", "roll_back_mm"), "profile b"), "mute": "saved",
    }  # fmt: skip
    store.new_profile("c")
    assert store.settings.workout.side is Side.UNKNOWN
    assert store.settings.limits == LimitSettings()
    assert store.settings.outputs.mute
    store.use_profile("b")
    assert (store.settings.workout.side, store.settings.person.height_m) == (Side.RIGHT, 1.55)
    store.factory()
    store.save()
    assert store.settings == Settings()
    store.delete_profile("b")
    assert (store.profile, store.profiles()) == (None, ("c",))


def test_nothing_unsaved_goes_to_another_person(store: SettingsStore) -> None:
    store.new_profile("b")
    store.set("height", "1.55")
    for move, name in (
        (store.new_profile, "c"), (store.use_profile, "none"), (store.delete_profile, "b"),
    ):  # fmt: skip
        with pytest.raises(MatSettingsError, match=r"not saved yet: person\.height_m: save or"):
            move(name)
    assert store.diff() == [("person.height_m", None, 1.55)]


def test_nothing_unsaved_goes_to_another_person_of_another_process(tmp_path: Path) -> None:
    mine, other = (SettingsStore(None, tmp_path) for _ in range(2))
    mine.set("height", "1.55")
    other.new_profile("c")
    with pytest.raises(MatSettingsError, match="another matfw uses profile c now"):
        mine.save()
    mine.revert()
    assert mine.profile == "c"
    mine.set("height", "1.6")
    mine.save()
    assert mine.get("height") == (1.6, "profile c")


def test_two_processes_keep_each_other_s_changes(tmp_path: Path) -> None:
    one, other = (SettingsStore(None, tmp_path) for _ in range(2))
    one.set("reps", "8")
    other.set("sets", "2")
    one.save()
    other.save()
    other.save_calibration({"head_left": FIRST}, note="first")
    one.save_pin_hash("kept")
    state = SettingsStore(None, tmp_path).state
    assert state.saved == {"workout": {"reps": 8, "sets": 2}}
    assert (state.calibration, state.pin_hash) == ({"head_left": FIRST}, "kept")


@pytest.mark.parametrize("name", ["", "none", "a b", "1", "b\n", "ä", "x" * 41, "a.b", "\x1b[2J"])
def test_a_name_that_cannot_be_typed_is_refused(name: str, store: SettingsStore) -> None:
    with pytest.raises(MatSettingsError) as caught:
        store.new_profile(name)
    assert "a profile must have a name of 1 to 40 letters" in str(caught.value)
    assert str(caught.value).isprintable()
    assert store.profiles() == ()


def test_an_unknown_profile_is_no_reason_to_guess(store: SettingsStore) -> None:
    store.new_profile("mrs_b")
    with pytest.raises(MatSettingsError, match="profile mrs_b exists"):
        store.new_profile("mrs_b")
    for move in (store.use_profile, store.delete_profile):
        with pytest.raises(MatSettingsError, match="'mrs_c' is no profile: did you mean mrs_b"):
            move("mrs_c")
    assert store.profile == "mrs_b"


def test_there_is_an_end_to_profiles(tmp_path: Path) -> None:
    names = "".join(f"[profiles.p{number}]\n" for number in range(MAX_PROFILES))
    (tmp_path / "state.toml").write_text(names)
    with pytest.raises(MatSettingsError, match=f"there are {MAX_PROFILES} profiles: delete one"):
        SettingsStore(None, tmp_path).new_profile("one_more")


def test_a_profile_that_no_longer_fits_is_not_used(store: SettingsStore) -> None:
    store.new_profile("b")
    store.set("too_high", "40")
    store.save()
    store.use_profile(None)
    store.set("too_small", "45")
    store.save()
    with pytest.raises(MatSettingsError, match="too_small_deg must not be above too_high_deg = 40"):
        store.use_profile("b")
    assert store.profile is None


# --- calibration


def test_the_first_calibration_of_each_cell_is_kept_for_good(tmp_path: Path) -> None:
    store = SettingsStore(None, tmp_path)
    assert (store.state.calibration, store.state.factory_calibration) == ({}, {})
    store.save_calibration({"head_left": FIRST}, note="at the factory")
    store.save_calibration({"head_left": SECOND, "head_right": SECOND}, note="at home")
    store.save_calibration({"head_left": THIRD}, note="after a fall")
    again = SettingsStore(None, tmp_path)
    assert again.state.calibration == {"head_left": THIRD, "head_right": SECOND}
    assert again.state.previous_calibration == {"head_left": SECOND, "head_right": SECOND}
    assert again.state.factory_calibration == {"head_left": FIRST, "head_right": SECOND}
    assert again.state.notes == {
        "calibration": "after a fall", "previous_calibration": "at home",
        "factory_calibration": "at the factory",
    }  # fmt: skip
    again.save_calibration(again.state.factory_calibration, note="the factory's")
    assert again.state.calibration == again.state.factory_calibration
    assert again.state.previous_calibration == {"head_left": THIRD, "head_right": SECOND}
    assert again.settings.mat(again.state).calibration[0].tare_counts == 1.0


def test_a_calibration_leaves_staged_changes_staged(store: SettingsStore) -> None:
    store.set("reps", "8")
    store.save_calibration({"head_left": FIRST}, note="")
    assert store.diff() == [("workout.reps", 15, 8)]
    assert store.state.saved == {}
    store.revert()
    assert store.state.calibration == {"head_left": FIRST}


@pytest.mark.parametrize("per_kg", [0.0, 0.5, 1e9, float("nan")])
def test_a_calibration_that_could_not_be_read_again_is_not_written(
    per_kg: float, store: SettingsStore
) -> None:
    store.save_calibration({"head_left": FIRST}, note="")
    with pytest.raises(MatSettingsError, match=r"calibration.head_left.counts_per_kg must be"):
        store.save_calibration(
            {"head_left": CellLine(tare_counts=0.0, counts_per_kg=per_kg)}, note=""
        )
    assert store.state.calibration == {"head_left": FIRST}


# --- the system refuses


class Refusing:
    """os, that refuses to write while refuses is set."""

    refuses: int | None = None

    def __getattr__(self, name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*arguments: object) -> object:
            if name in ("write", "open") and self.refuses is not None:
                raise OSError(self.refuses, os.strerror(self.refuses))
            return real(*arguments)

        return call


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "the disk is full: free some space, and try again"),
        (errno.EDQUOT, "the disk is full: free some space, and try again"),
        (
            errno.EROFS,
            "the disk can only be read now: `dmesg` says why it was",
        ),
        (errno.EACCES, "this user may not do that there: `ls -ld` shows whose it is"),
        (errno.EPERM, "this user may not do that there: `ls -ld` shows whose it is"),
        (errno.EIO, "the disk failed: look into `dmesg`, and copy what is on it, and try again"),
        (errno.EBADF, "look at the folder and its disk, and try again"),
    ],
)
def test_a_disk_that_cannot_be_written_loses_nothing_and_is_named(
    number: int, advice: str, tmp_path: Path
) -> None:
    calls = Refusing()
    store = SettingsStore(None, tmp_path, calls)  # type: ignore[arg-type]
    store.save_calibration({"head_left": FIRST}, note="")
    store.set("reps", "8")
    calls.refuses = number
    with pytest.raises(MatStateError) as caught:
        store.save()
    assert str(caught.value).startswith(
        f"{tmp_path}/state.toml: cannot be written ({os.strerror(number)}): nothing is lost, the"
        f" old state is still there; {advice}"
    )
    with pytest.raises(MatStateError):
        store.save_calibration({"head_left": SECOND}, note="")
    assert store.state.calibration == {"head_left": FIRST}
    assert store.diff() == [("workout.reps", 15, 8)]
    calls.refuses = None
    store.save()
    assert SettingsStore(None, tmp_path).get("reps") == (8, "saved")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = SettingsStore(None, tmp_path / "new" / "state")
    (tmp_path / "new").write_text("")  # in its way, meanwhile
    store.set("reps", "8")
    with pytest.raises(MatStateError, match=r"state.toml: cannot be written \(Not a directory"):
        store.save()


def test_while_another_process_writes_one_is_asked_to_try_again(tmp_path: Path) -> None:
    store = SettingsStore(None, tmp_path)
    with alone_in(tmp_path), pytest.raises(MatStateError, match="another matfw is writing it"):
        store.save_pin_hash("x")
    store.save_pin_hash("x")


def test_threads_do_not_lose_each_other_s_changes(tmp_path: Path) -> None:
    store = SettingsStore(None, tmp_path)

    def keep(cell: str) -> None:
        for tare in range(5):
            line = CellLine(tare_counts=float(tare), counts_per_kg=42_000.0)
            store.save_calibration({cell: line}, note=cell)
            store.set("reps", str(10 + tare))

    threads = [threading.Thread(target=keep, args=(cell,)) for cell in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = SettingsStore(None, tmp_path).state.calibration
    assert {name: line.tare_counts for name, line in found.items()} == dict.fromkeys("abc", 4.0)


def test_what_get_prints_can_be_given_to_set(store: SettingsStore) -> None:
    for row in store.table():
        msgspec.json.encode([store.get(row.key), row.default])


def test_habits_are_a_profile_s_and_go_with_it(store: SettingsStore) -> None:
    habits = Habits(3, -1.0, 2.0)
    store.save_habits(Side.LEFT, habits)
    store.new_profile("ann")
    assert store.state.limits(Limits(), Side.LEFT) == Limits()
    store.save_habits(Side.RIGHT, habits)
    assert store.state.limits(Limits(), Side.RIGHT) == own_limits(Limits(), habits)
    store.delete_profile("ann")
    assert set(store.state.habits) == {"none"}
    assert store.state.limits(Limits(), Side.LEFT) == own_limits(Limits(), habits)
    store.forget_habits()
    assert store.state.limits(Limits(), Side.LEFT) == Limits()
