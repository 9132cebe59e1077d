"""state.toml: any cut is found, the backup stands in for it, old files are understood."""

from __future__ import annotations

import errno
import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matfw.errors import MatSettingsError, MatStateError
from matfw.settings.state import STATE_SCHEMA, CellLine, MachineState
from matfw.settings.state_file import StateRead, read_state
from matfw.settings.store import SettingsStore
from tests.fuzz.test_recording_bytes import mutated

BY_HAND = "[calibration.head_left]\ntare_counts = 8123.0\ncounts_per_kg = 42900.0\n"
LINE = CellLine(tare_counts=8123.0, counts_per_kg=42900.0)


def filled(folder: Path) -> tuple[bytes, bytes]:
    """Save several things; return the file and its backup."""
    store = SettingsStore(None, folder)
    store.save_calibration({"head_left": LINE, "head_right": LINE}, note="20 kg, four places")
    store.new_profile("mrs_b")
    store.set_all([("limits.roll_back_mm", "15"), ("tempo", "2-2-3"), ("mute", "on")])
    store.save()
    store.save_pin_hash("scrypt$1$2")
    return (folder / "state.toml").read_bytes(), (folder / "state.toml.bak").read_bytes()


def read_of(folder: Path, main: bytes | None, backup: bytes | None) -> StateRead:
    folder.mkdir(exist_ok=True)
    for name, content in (("state.toml", main), ("state.toml.bak", backup)):
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            (folder / name).write_bytes(content)
    return read_state(folder)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    return filled(tmp_path_factory.mktemp("filled"))


def test_a_file_cut_off_anywhere_is_found_and_the_backup_read(
    files: tuple[bytes, bytes], tmp_path: Path
) -> None:
    main, backup = files
    new, old = read_of(tmp_path, main, None).state, read_of(tmp_path, None, backup).state
    assert new != old
    for size in range(len(main)):
        read = read_of(tmp_path, main[:size], backup)
        if size < len(main.rstrip()):
            assert read.state == old, main[:size][-40:]
            assert len(read.notices) == 1
            assert (
                "read state.toml.bak instead, the state before the last change" in read.notices[0]
            )
            assert read.notices[0].isprintable()
        else:
            assert read.state == new
            assert not read.notices


def test_a_file_cut_off_without_a_backup_is_reported_and_not_used(
    files: tuple[bytes, bytes], tmp_path: Path
) -> None:
    main, _ = files
    for size in range(30, len(main.rstrip())):
        read = read_of(tmp_path, main[:size], None)
        assert read.state == MachineState()
        [notice] = read.notices
        assert notice.startswith(f"{tmp_path}/state.toml")
        assert notice.endswith(
            "; there is no good backup: matfw starts uncalibrated, with what was saved at the"
            " console forgotten; the next save keeps what is left as state.toml.damaged-1"
        )
        assert notice.isprintable()


ZEROED = bytes(400)  # what ext4 may leave of a file after a power cut


@pytest.mark.parametrize(
    ("main", "backup"),
    [
        (ZEROED, None), (ZEROED, ZEROED), (ZEROED, b""), (b"\xff\xfe", b"schema = 1"),
        (None, ZEROED), (b"[x", b"schema = -1\n[end]\ncomplete = true"),
    ],
)  # fmt: skip
def test_a_damaged_state_without_a_good_backup_is_no_reason_not_to_start(
    main: bytes | None, backup: bytes | None, tmp_path: Path
) -> None:
    read_of(tmp_path, main, backup)
    store = SettingsStore(None, tmp_path)
    assert store.state == MachineState()
    assert len(store.notices) == 1
    store.save_pin_hash("kept")
    kept = [path.read_bytes() for path in sorted(tmp_path.glob("state.toml.damaged-*"))]
    assert kept == list(dict.fromkeys(item for item in (main, backup) if item is not None))
    again = SettingsStore(None, tmp_path)
    assert (again.notices, again.state.pin_hash) == ((), "kept")


def test_what_was_put_aside_before_is_kept(tmp_path: Path) -> None:
    for content in (b"[first", b"[second"):
        read_of(tmp_path, content, None)
        SettingsStore(None, tmp_path).save_pin_hash("x")
    assert (tmp_path / "state.toml.damaged-1").read_bytes() == b"[first"
    assert (tmp_path / "state.toml.damaged-2").read_bytes() == b"[second"


def test_a_whole_file_with_a_wrong_value_is_the_person_s_to_correct(tmp_path: Path) -> None:
    for backup in (None, ZEROED):
        with pytest.raises(MatSettingsError, match="line 1: calibration must be a table"):
            read_of(tmp_path, b"calibration = 3", backup)


def test_a_file_that_may_not_be_read_is_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_of(tmp_path, BY_HAND.encode(), None)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MatSettingsError, match=r"cannot be read \(Permission denied\)"):
        read_state(tmp_path)


@settings(deadline=None)  # a busy computer is no failure
@given(content=st.binary(max_size=200) | mutated(BY_HAND.encode()), data=st.data())
def test_whatever_is_in_the_file_a_good_backup_is_read(
    content: bytes, data: st.DataObject, files: tuple[bytes, bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    folder = tmp_path_factory.getbasetemp() / "whatever"
    scratched = data.draw(st.one_of(st.just(content), mutated(files[0])))
    read = read_of(folder, scratched, files[1])
    assert not read.notices or read.state == read_of(folder, files[1], None).state


def test_a_damaged_file_is_put_aside_by_the_next_save(
    files: tuple[bytes, bytes], tmp_path: Path
) -> None:
    main, backup = files
    read_of(tmp_path, main[:300], backup)
    store = SettingsStore(None, tmp_path)
    assert len(store.notices) == 1
    store.save_pin_hash(None)
    assert read_state(tmp_path).notices == ()
    assert (tmp_path / "state.toml.damaged-1").read_bytes() == main[:300]
    assert (tmp_path / "state.toml.bak").read_bytes() == backup
    assert SettingsStore(None, tmp_path).state == store.state


def test_a_file_that_is_gone_is_read_from_its_backup(
    files: tuple[bytes, bytes], tmp_path: Path
) -> None:
    read = read_of(tmp_path, None, files[1])
    assert "is not there, but its backup is" in read.notices[0]
    assert set(read.state.calibration) == {"head_left", "head_right"}


def test_two_bad_files_are_the_first_one_s_notice(tmp_path: Path) -> None:
    [notice] = read_of(tmp_path, b"\n[x", b"[y").notices
    assert notice.startswith(f"{tmp_path}/state.toml, line 2: is not TOML")


def test_a_file_made_by_hand_is_migrated_and_kept_as_the_backup(tmp_path: Path) -> None:
    state = read_of(tmp_path, BY_HAND.encode(), None).state
    assert state.schema == STATE_SCHEMA
    assert state.calibration == state.factory_calibration == {"head_left": LINE}
    store = SettingsStore(None, tmp_path)
    store.save_calibration({"head_left": CellLine(tare_counts=1.0, counts_per_kg=2.0)}, note="")
    assert (tmp_path / "state.toml.bak").read_text() == BY_HAND
    assert tomllib.loads((tmp_path / "state.toml").read_text())["schema"] == STATE_SCHEMA
    assert store.state.factory_calibration == {"head_left": LINE}


def test_what_a_later_matfw_added_is_kept_within_a_schema(tmp_path: Path) -> None:
    read_of(tmp_path, b'schema = 1\nhat = "red"\n[shoes]\nsize = 44\n[end]\ncomplete = true', None)
    SettingsStore(None, tmp_path).save_pin_hash("kept")
    document = tomllib.loads((tmp_path / "state.toml").read_text())
    assert (document["hat"], document["shoes"]) == ("red", {"size": 44})
    assert document["pin_hash"] == "kept"


def test_a_later_schema_is_read_as_far_as_known_and_never_written(tmp_path: Path) -> None:
    content = f"schema = 2\n{BY_HAND}later = 1\n[end]\ncomplete = true\n".encode()
    store = SettingsStore(None, tmp_path) if read_of(tmp_path, content, None) else None
    assert store is not None
    assert store.state.calibration == {"head_left": LINE}
    assert "was written by a newer matfw (schema 2, this one knows 1)" in store.notices[0]
    with pytest.raises(MatStateError, match="update matfw to save anything"):
        store.save_pin_hash("x")
    assert (tmp_path / "state.toml").read_bytes() == content


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("schema = -1\n[end]\ncomplete = true", "line 1: schema must be a whole number 0 to"),
        ("schema = true\n[end]\ncomplete = true", "line 1: schema must be a whole number"),
        ("profile = 'b'", "line 1: profile b is not in [profiles]"),
        ("[profiles.b.outputs]\nmute = true", "line 1: profiles.b.outputs cannot be in a profile"),
        ("[profiles.'b c']", "must be a name of 1 to 40 letters"),
        ("calibration = 3", "line 1: calibration must be a table"),
        (
            "previous_calibration.a = {tare_counts = 1, counts_per_kg = 0}",
            "line 1: previous_calibration.a.counts_per_kg must be at least 1",
        ),
    ],
)
def test_a_state_that_cannot_be_is_an_error_that_says_where(
    content: str, part: str, tmp_path: Path
) -> None:
    with pytest.raises(MatSettingsError) as caught:
        read_of(tmp_path, content.encode(), None)
    assert str(caught.value).startswith(f"{tmp_path}/state.toml")
    assert part in str(caught.value)


def test_a_state_beyond_what_is_read_again_is_not_written(tmp_path: Path) -> None:
    store = SettingsStore(None, tmp_path)
    store.save_pin_hash("kept")
    with pytest.raises(MatStateError, match="would be larger than 1048576 bytes"):
        store.save_pin_hash("x" * 2_000_000)
    assert store.state.pin_hash == "kept"
    assert read_state(tmp_path).state == MachineState(pin_hash="kept")


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(MatSettingsError, match=r"^\S+/state: must be a folder"):
        SettingsStore(None, tmp_path / "state")
