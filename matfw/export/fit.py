"""A kept session as a FIT activity of strength sets; needs the extra `[fit]`.

The exercise is the profile's own: category hip_stability, side_lying_leg_raise, weighted_... or
band_.... Between two sets stands a set of rest. What FIT has no field for is in developer fields of
each set: side, verdicts, faults, each repetition's three lengths. Strava exempts activities with
sets from track points. Source: FIT SDK 21.218, Profile "set", "exercise_title".
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from matfw.errors import MatUsageError
from matfw.history.advice import counted
from matfw.history.rows import SessionRecord, SetRow
from matfw.messages import Verdict

EPOCH_UNIX_S = 631_065_600  # 31 Dec 1989, 00:00 UTC
APPLICATION = uuid.UUID("6d61-7466-7700-4c65-6752-6169-7365-0001".replace("-", ""))
DEVELOPMENT = 255  # manufacturer
CATEGORY = 11  # hip_stability
PLAIN = 21
EXERCISES = {"plain": PLAIN, "wall_slide": 21, "weighted": 22, "loop_band": 0}
TITLES = {"plain": "Side-lying leg raise", "wall_slide": "Side-lying leg raise along a wall",
          "weighted": "Weighted side-lying leg raise",
          "loop_band": "Band side-lying leg raise"}  # fmt: skip
TRAINING, STRENGTH = 10, 20  # sport, sub_sport
ACTIVE, REST = 1, 0  # set_type
KILOGRAM = 1  # fit_base_unit
MAX_MS, MAX_ARRAY, MAX_TEXT = 65_534, 120, 250
_UINT8, _UINT16, _STRING = 0x02, 0x84, 0x07  # fit_base_type

Message: TypeAlias = Mapping[str, Any]  # Any: what a FIT field may hold

# Developer fields of a set: name, base type, unit.
FIELDS = (
    ("side", _STRING, ""),
    ("clean_reps", _UINT8, "reps"),
    ("faulty_reps", _UINT8, "reps"),
    ("unsure_reps", _UINT8, "reps"),
    ("faults", _STRING, ""),
    ("up_ms", _UINT16, "ms"),
    ("hold_ms", _UINT16, "ms"),
    ("down_ms", _UINT16, "ms"),
)


def fit_file(record: SessionRecord) -> bytes:
    """Return a session's file. Raises MatUsageError where the extra is not installed."""
    try:
        from garmin_fit_sdk import Encoder  # noqa: PLC0415  an extra
    except ImportError:
        raise MatUsageError(
            "FIT needs the extra: `pip install 'matfw[fit]'`, or export csv or json"
        ) from None
    described: Any = {  # the SDK's own types name every field there is
        key: {"developer_data_id_mesg": _DEVELOPER, "field_description_mesg": description}
        for key, description in enumerate(_DESCRIPTIONS)
    }
    encoder = Encoder(described)
    for message in _messages(record):
        encoder.write_mesg(dict(message))
    return bytes(encoder.close())


_DEVELOPER: Message = {
    "mesg_num": 207, "application_id": list(APPLICATION.bytes), "developer_data_index": 0,
    "application_version": 1,
}  # fmt: skip
_DESCRIPTIONS: tuple[Message, ...] = tuple(
    {
        "mesg_num": 206, "developer_data_index": 0, "field_definition_number": key,
        "fit_base_type_id": kind, "field_name": name, **({"units": unit} if unit else {}),
    }
    for key, (name, kind, unit) in enumerate(FIELDS)
)  # fmt: skip


def _messages(record: SessionRecord) -> Iterator[Message]:
    session = record.session
    began_s = round(session.began.unix_s) - EPOCH_UNIX_S
    end_s = began_s + round(session.length_s)
    yield {
        "mesg_num": 0, "type": 4, "manufacturer": DEVELOPMENT, "product": 1,
        "time_created": began_s, "product_name": "matfw",
    }  # fmt: skip
    yield _DEVELOPER
    yield from _DESCRIPTIONS
    yield {"mesg_num": 12, "sport": TRAINING, "sub_sport": STRENGTH, "name": "Leg raises"}
    yield {"mesg_num": 21, "timestamp": began_s, "event": 0, "event_type": 0}  # timer, start
    index = 0
    for at, each in enumerate(record.sets):
        yield _active(each, index, began_s)
        index += 1
        if at + 1 < len(record.sets):
            rest_from_s = each.began_s + each.length_s
            rest_s = max(0.0, record.sets[at + 1].began_s - rest_from_s)
            yield {
                "mesg_num": 225, "timestamp": began_s + round(rest_from_s + rest_s),
                "start_time": began_s + round(rest_from_s), "duration": rest_s, "set_type": REST,
                "message_index": index,
            }  # fmt: skip
            index += 1
    for number, variation in enumerate(dict.fromkeys(each.variation for each in record.sets)):
        yield {
            "mesg_num": 264, "message_index": number, "exercise_category": CATEGORY,
            "exercise_name": EXERCISES.get(variation, PLAIN),
            "wkt_step_name": TITLES.get(variation, TITLES["plain"]),
        }  # fmt: skip
    yield {"mesg_num": 21, "timestamp": end_s, "event": 0, "event_type": 4}  # timer, stop_all
    whole = {
        "timestamp": end_s, "start_time": began_s, "total_elapsed_time": session.length_s,
        "total_timer_time": session.length_s, "event": 9, "event_type": 1, "message_index": 0,
        "sport": TRAINING, "sub_sport": STRENGTH,
    }  # fmt: skip
    yield {"mesg_num": 19, **whole}
    yield {"mesg_num": 18, **whole, "event": 8, "first_lap_index": 0, "num_laps": 1}
    yield {
        "mesg_num": 34, "timestamp": end_s, "total_timer_time": session.length_s,
        "num_sessions": 1, "type": 0, "event": 26, "event_type": 1,
    }  # fmt: skip


def _active(each: SetRow, index: int, began_s: int) -> Message:
    reps = [kept.rep for kept in each.reps]
    faults = ", ".join(f"{fault} {number}" for fault, number in counted(reps).items())
    values = (
        str(each.side), *(each.count(verdict) for verdict in Verdict), faults[:MAX_TEXT] or "none",
        *([min(MAX_MS, round(1000.0 * getattr(rep, name))) for rep in reps[:MAX_ARRAY]]
          for name in ("up_s", "hold_s", "down_s")),
    )  # fmt: skip
    weight = {"weight": each.load_kg, "weight_display_unit": KILOGRAM} if each.load_kg else {}
    return {
        "mesg_num": 225, "timestamp": began_s + round(each.began_s + each.length_s),
        "start_time": began_s + round(each.began_s), "duration": each.length_s,
        "repetitions": len(reps), "set_type": ACTIVE, "category": [CATEGORY],
        "category_subtype": [EXERCISES.get(each.variation, PLAIN)], **weight,
        "message_index": index,
        "developer_fields": dict(enumerate(values)),
    }  # fmt: skip
