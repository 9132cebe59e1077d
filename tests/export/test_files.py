"""What is exported is all that is kept, and other programs' own readers find it again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from matfw.export.columns import COLUMNS
from matfw.export.fit import fit_file
from matfw.export.text_files import csv_files, json_file, schema
from matfw.history.rows import LiveRep, SessionRecord
from matfw.messages import Fault, FaultSeen, Side, Verdict
from tests.history.records import MONDAY, record
from tests.store.story import NOON

RECORDS = [record(1, reps=6), record(2, day=2.0, share=0.3, person='Ann "A", Berg')]


def csv_rows(name: str) -> list[dict[str, str]]:
    text = csv_files(RECORDS, NOON)[f"{name}.csv"].decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_repetition_is_a_row_with_its_own_numbers() -> None:
    rows = csv_rows("reps")
    done = [(one, each, kept) for one in RECORDS for each in one.sets for kept in each.reps]
    assert len(rows) == len(done)
    for row, (one, each, kept) in zip(rows, done, strict=True):
        assert (row["session"], row["set"], row["rep"]) == (
            str(one.session.session_id), str(each.number), str(kept.number),
        )  # fmt: skip
        for name in ("start_s", "end_s", "up_s", "hold_s", "down_s", "angle_deg"):
            assert float(row[name]) == pytest.approx(getattr(kept.rep, name), abs=1e-4)
        assert row["verdict"] == kept.rep.verdict
        assert row["faults"].split() == [seen.fault for seen in kept.rep.faults]


def test_names_are_quoted_and_nothing_is_an_empty_cell() -> None:
    first, second = csv_rows("sessions")
    assert second["person"] == 'Ann "A", Berg'
    nobody = replace(RECORDS[0], session=replace(RECORDS[0].session, person=None, weight_kg=None))
    text = csv_files([nobody], NOON)["sessions.csv"].decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["person"], row["weight_kg"]) == ("", "")
    assert (first["is_virtual"], first["began_utc"]) == ("false", "2026-11-02T09:00:00Z")


def test_live_and_refined_faults_are_distinguished() -> None:
    kick = FaultSeen(Fault.KICK, 0.8123, "s")
    (each,) = record(1, sides=(Side.LEFT,), share=1.0, reps=1).sets
    rep = replace(each.reps[0], live=LiveRep(faults=(kick,)))
    one = replace(RECORDS[0], sets=(replace(each, reps=(rep,)),))
    text = csv_files([one], NOON)["faults.csv"].decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["fault"], row["value"], row["is_live"]) == ("kick", "0.8123", "true")


def test_the_manifest_knows_every_file() -> None:
    files = csv_files(RECORDS, NOON)
    *others, last = files
    assert last == "manifest.json"
    manifest = json.loads(files[last])
    assert [entry["name"] for entry in manifest["files"]] == others
    for entry in manifest["files"]:
        content = files[entry["name"]]
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        if "rows" in entry:
            assert entry["rows"] == content.count(b"\r\n") - 1
    assert (manifest["format"], manifest["version"]) == ("matfw-export", 1)


def test_the_schema_says_what_every_column_is() -> None:
    kinds: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    described = schema()
    for name, rows in json.loads(json.dumps({n: csv_rows(n) for n in COLUMNS})).items():
        table: Any = described[name]
        assert list(rows[0]) == [field["name"] for field in table["fields"]]
        assert all(field["description"] for field in table["fields"])
    whole = json.loads(json_file(RECORDS, NOON))
    fields: Any = described["sessions"]
    for field in fields["fields"]:
        value = whole["sessions"][0][field["name"]]
        assert value is None or isinstance(value, kinds[field["type"]])


def test_json_has_sets_within_sessions_and_repetitions_within_sets() -> None:
    whole = json.loads(json_file(RECORDS, NOON))
    assert len(whole["sessions"]) == 2
    for one, found in zip(RECORDS, whole["sessions"], strict=True):
        assert [len(each["reps"]) for each in found["sets"]] == [len(s.reps) for s in one.sets]
        faults = [
            seen["fault"] for each in found["sets"] for rep in each["reps"]
            for seen in rep["faults"] if not seen["is_live"]
        ]  # fmt: skip
        assert faults == [seen.fault for rep in one.reps for seen in rep.faults]
    assert "session" not in whole["sessions"][0]["sets"][0]["reps"][0]


# --- FIT, read by two decoders that know nothing of each other

ONE = record(3, share=0.7, sides=(Side.LEFT, Side.RIGHT))
NAMES = (
    "side",
    "clean_reps",
    "faulty_reps",
    "unsure_reps",
    "faults",
    "up_ms",
    "hold_ms",
    "down_ms",
)


def by_garmin(content: bytes) -> list[dict[str, Any]]:
    sdk = pytest.importorskip("garmin_fit_sdk", reason="the extra [fit] is not installed")
    messages, errors = sdk.Decoder(sdk.Stream.from_byte_array(bytearray(content))).read()
    assert not errors
    return [
        {**{key: value for key, value in found.items() if key != "developer_fields"},
         **{NAMES[key]: value for key, value in found.get("developer_fields", {}).items()}}
        for found in messages["set_mesgs"]
    ]  # fmt: skip


def by_fitdecode(content: bytes) -> list[dict[str, Any]]:
    fitdecode = pytest.importorskip("fitdecode", reason="fitdecode is not installed")
    with fitdecode.FitReader(
        io.BytesIO(content), check_crc=fitdecode.CrcCheck.RAISE,
        error_handling=fitdecode.ErrorHandling.RAISE,
    ) as frames:  # fmt: skip
        return [
            {field.name: field.value for field in frame.fields}
            for frame in frames
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "set"
        ]


@pytest.mark.parametrize("decoded", [by_garmin, by_fitdecode])
def test_a_fit_file_has_the_sets_that_were_done(decoded: Any) -> None:
    pytest.importorskip("garmin_fit_sdk", reason="the extra [fit] is not installed")
    left, rest, right = decoded(fit_file(ONE))
    began = datetime.fromtimestamp(MONDAY, UTC)
    for found, each in ((left, ONE.sets[0]), (right, ONE.sets[1])):
        assert (found["set_type"], found["category"]) == ("active", "hip_stability")
        assert found["category_subtype"] in (21, "side_lying_leg_raise")
        assert found["repetitions"] == len(each.reps) == 15
        assert found["duration"] == pytest.approx(each.length_s, abs=1e-3)
        assert abs(found["start_time"] - began - timedelta(seconds=each.began_s)) < timedelta(
            seconds=1
        )
        assert found["side"] == each.side
        assert found["clean_reps"] == each.count(Verdict.CLEAN)
        assert list(found["up_ms"]) == [round(1000.0 * kept.rep.up_s) for kept in each.reps]
        assert list(found["down_ms"]) == [round(1000.0 * kept.rep.down_s) for kept in each.reps]
    assert rest["set_type"] == "rest"
    gap_s = ONE.sets[1].began_s - ONE.sets[0].began_s - ONE.sets[0].length_s
    assert rest["duration"] == pytest.approx(gap_s, abs=1e-3)


def varied(variation: str, load_kg: float) -> SessionRecord:
    return replace(ONE, sets=tuple(
        replace(each, variation=variation, load_kg=load_kg) for each in ONE.sets
    ))  # fmt: skip


@pytest.mark.parametrize("decoded", [by_garmin, by_fitdecode])
@pytest.mark.parametrize(
    ("variation", "load_kg", "subtype"), [("weighted", 1.5, 22), ("loop_band", 0.0, 0)]
)
def test_a_band_and_a_weight_are_exercises_of_their_own(
    decoded: Any, variation: str, load_kg: float, subtype: int
) -> None:
    pytest.importorskip("garmin_fit_sdk", reason="the extra [fit] is not installed")
    found = decoded(fit_file(varied(variation, load_kg)))[0]
    assert found["category_subtype"] in (
        subtype,
        f"{variation.removeprefix('loop_')}_side_lying_leg_raise",
    )
    assert found.get("weight") == (load_kg or None)


def test_a_fit_file_is_a_whole_activity() -> None:
    sdk = pytest.importorskip("garmin_fit_sdk", reason="the extra [fit] is not installed")
    content = fit_file(ONE)
    messages, _ = sdk.Decoder(sdk.Stream.from_byte_array(bytearray(content))).read()
    counts = {name: len(found) for name, found in messages.items()}
    for name in ("file_id", "activity", "session", "lap", "sport", "exercise_title"):
        assert counts[f"{name}_mesgs"] == 1
    assert messages["session_mesgs"][0]["sub_sport"] == "strength_training"
    assert messages["file_id_mesgs"][0]["type"] == "activity"
    assert fit_file(ONE) == content  # the same session, the same bytes
