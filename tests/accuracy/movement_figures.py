"""What is measured on people who do something besides the exercise: outcomes -> figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from tests.accuracy.contact import kinds as contact
from tests.accuracy.figures import Figure, rate, share
from tests.accuracy.movements import KINDS as SCENES
from tests.accuracy.movements import Moved, base_kind
from tests.accuracy.outcomes import Outcome

NO_FORM = "lying still"
KINDS = (*SCENES, contact.MOVING)
ONLY_MOVEMENTS = ("getting_on", "movements", contact.MOVING)  # no repetition


def movement_figures(by_kind: Mapping[str, Sequence[Outcome]]) -> list[Figure]:
    """Return the figures of the kinds of `movements` and `contact`, leaving out absent ones."""
    some = [(kind, by_kind[kind]) for kind in KINDS if kind in by_kind]
    found = [
        share("reps found", kind, [rep.verdict is not None for o in them for rep in o.reps])
        for kind, them in some
        if base_kind(kind) in ("in_set", "leaves")
    ]
    found += [_found(kind, them, is_broken) for is_broken in (False, True) for kind, them in some]
    found += [_minutely("made up and called clean", kind, them, _clean) for kind, them in some]
    found += [_minutely("sounds about no rep", kind, them, _sounds) for kind, them in some]
    for kind, them in some:
        if base_kind(kind) == "getting_on":
            extra = sum(o.extra for o in them)
            value = (100.0 * extra / len(them),)
            found.append(Figure("made up in 100 gettings-on", kind, value, "", len(them)))
    return found + [figure for kind, them in some for figure in _by_form(kind, them)]


def _by_form(kind: str, some: Sequence[Outcome]) -> list[Figure]:
    played, extra = Counter[str](), Counter[str]()
    for moved in _moved(some):
        played.update(moved.played)
        played[NO_FORM] += 1
        extra.update(name or NO_FORM for name in moved.extra)
    return [
        Figure(f"... in 100 of {name}", kind, (100.0 * extra[name] / times,), "", times)
        for name, times in sorted(played.items())
        if base_kind(kind) in ONLY_MOVEMENTS or extra[name]
    ]


def _found(kind: str, some: Sequence[Outcome], is_broken: bool) -> Figure:
    name = (
        "rep broken off by getting up, found" if is_broken else "last rep before getting up, found"
    )
    asked = [moved.broken_found if is_broken else moved.last_found for moved in _moved(some)]
    is_asked = base_kind(kind) == "leaves"
    return share(name, kind, [hit for hit in asked if hit is not None and is_asked])


def _minutely(name: str, kind: str, some: Sequence[Outcome], of: Callable[[Moved], int]) -> Figure:
    return rate(name, kind, sum(map(of, _moved(some))), sum(o.lying_s for o in some))


def _clean(moved: Moved) -> int:
    return moved.extra_clean


def _sounds(moved: Moved) -> int:
    return len(moved.sounds)


def _moved(some: Sequence[Outcome]) -> list[Moved]:
    return [outcome.moved for outcome in some if outcome.moved is not None]
