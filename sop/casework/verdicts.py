"""What a test of a procedure finds: a verdict for each parcel, and how well the parcels cover the rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Kind = Literal["case", "boundary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One parcel after its run.

    Attributes:
        kind: `case`: written by the author; `boundary`: generated.
        policy: The file that decided: `policy.yaml` or an override's path.
        rule: The rule it stands for.
        name: What it is about.
        file, line: Where a written case stands; empty and 0 where it was generated.
        day: The day on which it was decided.
        expected, actual: Lane and rule, and what else was asked for.
        reason: What the decision says itself.
        why: Why it is not what was expected; empty where it is.
        passed: Whether it is.
    """

    kind: Kind
    policy: str
    rule: str
    name: str
    file: str = ""
    line: int = 0
    day: date
    expected: str
    actual: str
    reason: str
    why: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One alternative in which a rule can hold, in words, and how many written cases of the rule take it."""

    words: str
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A threshold, and the written cases nearest to it on either side; None: there is none on that side.

    Only cases count that meet the rule's other conditions and that no earlier rule takes: as long as the threshold
    stays between the two, no case notices that it was moved. `taken_by` is the earlier rule that takes the parcel just
    outside the threshold, where one does: the threshold then only repeats that rule's, and needs no case on that side.
    """

    words: str
    bound: float
    nearest_below: float | None
    nearest_at_or_above: float | None
    taken_by: str | None = None

    @property
    def held(self) -> bool:
        """Whether a case holds the threshold on either side, or an earlier rule does on its outside."""
        sides = (self.nearest_below, self.nearest_at_or_above)
        return None not in sides or (self.taken_by is not None and sides != (None, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How often a rule was put to the test, and whether it always did what was expected.

    Attributes:
        policy: The file that holds the rule.
        rule, title: The rule; also DEFAULT, RANDOM, WORKLOAD and what is missing.
        cases, boundaries: How many parcels stand for it.
        passed: Whether all of them came out as expected.
        ways: Its alternatives; one where it has no `any`.
        thresholds: Its thresholds.
    """

    policy: str
    rule: str
    title: str
    cases: int
    boundaries: int
    passed: bool
    ways: tuple[Way, ...] = ()
    thresholds: tuple[Pinned, ...] = ()


@dataclass(frozen=True, slots=True)
class TestRun:
    """All verdicts, and the coverage by rule: the base's first, each policy's in its own order."""

    __test__ = False  # not a test of pytest's

    verdicts: tuple[Verdict, ...]
    coverage: tuple[Covered, ...]

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """The verdicts that differ from what was expected."""
        return tuple(one for one in self.verdicts if not one.passed)

    @property
    def cases(self) -> int:
        """How many of the parcels an author wrote."""
        return sum(one.kind == "case" for one in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `sop test --json` prints."""
        return {"passed": not self.failures, **asdict(self)}
