"""The figures to reach, in the words of the table; empty where none was set."""

from __future__ import annotations

from dataclasses import replace

from tests.accuracy.figures import Figure
from tests.accuracy.populations import SENSORS

AIMS: dict[str, dict[str, str]] = {
    "sets exact": {"clean": "96", "stress": "85"},
    "sets within 1": {"clean": "100", "stress": "97", "mex": "85"},
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
    },
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
    if figure.name.endswith(" named"):
        return replace(figure, aim=NAMED.get(figure.kind, ""))
    return replace(figure, aim=AIMS.get(figure.name, {}).get(figure.kind, ""))
