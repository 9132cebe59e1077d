"""The figures to reach, in the words of the table; empty where none was set."""

from __future__ import annotations

from dataclasses import replace

from tests.accuracy import holes, tempos
from tests.accuracy.contact import kinds as contact
from tests.accuracy.figures import Figure
from tests.accuracy.others.kinds import OTHERS, TIRING
from tests.accuracy.populations import SENSORS, UNTAUGHT

BUILT_OTHERWISE = (*OTHERS, *contact.SETS)
CLEAN = tuple(kind for kind in BUILT_OTHERWISE if kind.endswith("clean"))
RESTLESS = tuple(kind for kind in BUILT_OTHERWISE if kind.endswith("restless"))

LONG = ("fatigue", *TIRING, "worst long")


def _others(clean: str, restless: str) -> dict[str, str]:
    return {
        **dict.fromkeys((*CLEAN, "worst clean"), clean),
        **dict.fromkeys((*RESTLESS, "worst restless"), restless),
    }


AIMS: dict[str, dict[str, str]] = {
    "sets exact": {"clean": "96", "stress": "85", **_others("97", "85")},
    "sets within 1": {
        "clean": "100",
        "stress": "97",
        "mex": "85",
        **_others("100", "98"),
    },
    "false reps": {"still": "0.05", "on_off": "0", "wii": "0", "kistler": "0"},
    "start top lower end, median": {
        "clean": "12 15 46 31",
        "stress": "35 31 92 80",
        "mex": "60 60 80 80",
    },
    "start top lower end, p95": {"clean": "150 150 300 300", "stress": "500 500 500 500"},
    "live up in time": {"clean": "90", "stress": "75"},
    "live down in time": {"clean": "90", "stress": "75"},
    "false live ups at rest": {"stress": "< 0.5", "stress_faults": "< 0.5", "still": "< 0.5"},
    "good reps called fault": {
        "clean": "<= 5",
        "faults": "<= 5",
        "stress": "<= 7",
        "stress_faults": "<= 7",
        **dict.fromkeys(SENSORS, "<= 5"),
        **_others("<= 3", "<= 6"),
    },
    "good reps called unsure": _others("<= 8", "<= 15"),
    "reps found": dict.fromkeys(tempos.KINDS, "98"),
    "reps found, of those found without holes": dict(
        zip(holes.KINDS, ("99", "99", "98", "95", "98"), strict=True)
    ),
    "lifts of 13 to 21 deg found": _others("90", "90"),
    "last rep found, gone within 1 s": _others("99", "99"),
    "lifts of 12 deg or more found": dict.fromkeys(UNTAUGHT, "97"),
    "lifts of 7 to 12 deg found": dict.fromkeys(UNTAUGHT, "80"),
    "false reps in pauses": dict.fromkeys(UNTAUGHT, "0"),
    "untaught: live up in time": dict.fromkeys(UNTAUGHT, "80"),
    "untaught: live down in time": dict.fromkeys(UNTAUGHT, "70"),
    "untaught: start top lower end, median": dict.fromkeys(UNTAUGHT, "80 60 100 80"),
    "flung up, named kick or rushed_up": dict.fromkeys(UNTAUGHT, "100"),
    "dropped, named drop or rushed_down, not both": dict.fromkeys(UNTAUGHT, "100"),
    "fatigue named in sets with it": dict.fromkeys(LONG, "80"),
    "fatigue named in sets without it": dict.fromkeys(LONG, "<= 2"),
    "roll+forward called fault": {
        "hips belt 1.2": "95",
        "hips belt 1.5": "95",
        "hips belt 3": "80",
        "hips rail 5": "95",
        "hips both poor": "90",
    },
}
NAMED = {"faults": "95", "stress_faults": "90"}  # each fault, of a repetition


def with_aim(figure: Figure) -> Figure:
    """Return the figure with what is aimed at beside it."""
    if figure.name in ("kick named", "drop named") and figure.kind not in NAMED:
        return replace(figure, aim="95")
    if figure.name.endswith(" named"):
        return replace(figure, aim=NAMED.get(figure.kind, ""))
    return replace(figure, aim=AIMS.get(figure.name, {}).get(figure.kind, ""))
