"""What matfw says to scenarios, beside what it must: `python -m tests.scenarios [NAME...]`."""

from __future__ import annotations

import sys

from tests.scenarios import cues_of, load, names, reps_of, weighs


def main(chosen: list[str]) -> int:
    """Play the scenarios; return 1 if one does not end as its file says."""
    wrong = 0
    for name in chosen or names():
        scenario = load(name)
        events, expect = scenario.events(), scenario.expect
        found = {"reps": reps_of(events), "cues": cues_of(events), "weighs": weighs(events)}
        is_right = found == expect
        wrong += not is_right
        print(f"{'=' if is_right else '≠'} {name}")
        for key, value in found.items():
            if value != expect[key]:
                print(f"    {key}: must be {expect[key]}\n    {' ' * len(key)}  found    {value}")
    print(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
