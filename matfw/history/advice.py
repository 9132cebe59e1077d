"""What to say after a set or session: how many were clean, what broke most, the one correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matfw.judging.faults import FAULTS, ROWS
from matfw.judging.row import Words
from matfw.messages import Fault, Rep, Verdict

KICKED_SHARE = 1.0 / 3.0  # of repetitions: then a smaller range, as kicks hide too much of one
SHORTER = Words(
    "kick", "A third of the repetitions or more were thrown up",
    "lift less high and slowly: three inches in perfect form are worth more",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """What repetitions came to. main_fault: the one that most of them had, None without."""

    reps: int
    clean: int
    unsure: int
    main_fault: Fault | None
    main_count: int
    words: Words | None

    @property
    def sentence(self) -> str:
        """Return it as one sentence for people."""
        unsure = f", {self.unsure} unsure" if self.unsure else ""
        head = f"{self.clean} of {self.reps} clean{unsure}"
        if self.words is None:
            return f"{head}."
        return f"{head}; {self.main_count} times {self.words.title}: {self.words.remedy}."


def summary(reps: Sequence[Rep]) -> Summary:
    """Return what repetitions came to."""
    counts = counted(reps)
    main = max(counts, key=lambda fault: counts[fault], default=None)
    verdicts = [rep.verdict for rep in reps]
    return Summary(
        reps=len(reps),
        clean=verdicts.count(Verdict.CLEAN),
        unsure=verdicts.count(Verdict.UNSURE),
        main_fault=main,
        main_count=0 if main is None else counts[main],
        words=_words(main, counts, len(reps)),
    )


def counted(reps: Iterable[Rep]) -> Counter[Fault]:
    """Return how many repetitions had each fault, in the order of the table of faults."""
    found = Counter(fault for rep in reps for fault in {seen.fault for seen in rep.faults})
    return Counter({row.fault: found[row.fault] for row in FAULTS if row.fault in found})


def kicks_too_often(reps: Sequence[Rep]) -> bool:
    """Return whether a third of the repetitions or more were thrown up."""
    return bool(reps) and counted(reps)[Fault.KICK] >= KICKED_SHARE * len(reps)


def _words(main: Fault | None, counts: Counter[Fault], number: int) -> Words | None:
    if main is None:
        return None
    if main is Fault.KICK and counts[main] >= KICKED_SHARE * number:
        return SHORTER
    return ROWS[main].words
