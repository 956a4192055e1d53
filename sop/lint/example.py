"""A parcel that shows what a check means: as evidence that the engine can decide, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sop.lint.solver import YES, Literal
from sop.lint.space import OTHER, Numbers, Space, Span
from sop.signals import NO_PICTURE, PART_PREFIX
from sop.types import Evidence
from sop.words import number, signal_name

FIELDS = {
    "transit_country": "transit_countries",
    "hs_code": "hs_codes",
    "indicator": "indicators",
    "contradiction": "contradictions",
    "watchlist": "watchlists",
}
EXAMPLE_ITEM = "example"
ALWAYS_KNOWN = ("risk", "finding_history")


def find(space: Space, given: Sequence[Literal]) -> Evidence | None:
    """Return a parcel of which all this holds and which is as harmless as it can be besides; None where there is none.

    Raises:
        TooHard: Too much was asked.
    """
    answer = space.solver.solve(given)
    if answer is None:
        return None
    fixed = list(given)
    for signal in ("stage", "xray_assessment", *space.numbers, *space.sets, *space.words):
        for variable, values in _wishes(space, signal, answer):
            for value in values:
                # What an answer leaves open may be anything, so it needs no new question.
                if answer[variable] & 1 << value:
                    answer[variable] = 1 << value
                    break
                if (better := space.solver.solve([*fixed, (variable, 1 << value)])) is not None:
                    answer = better
                    break
            fixed.append((variable, answer[variable]))
    return _parcel(space, answer)


def _wishes(space: Space, signal: str, answer: list[int]) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield variables of a signal with their values, the most harmless first; stage and picture are fixed by then."""
    if signal in space.sets:
        yield from ((variable, (0, 1)) for variable in space.sets[signal].variables.values())
        return
    station = answer[space.words["stage"].variable] == space.value("stage", "station")[1]
    if signal in space.words:
        size = len(space.words[signal].values)
        order = (1, 0, 2, 3) if signal == "xray_assessment" and station else range(size)
        yield space.words[signal].variable, order
        return
    picture = not answer[space.words["xray_assessment"].variable] & space.value("xray_assessment", NO_PICTURE)[1]
    known = [index for index, span in enumerate(space.numbers[signal].spans) if span is not None]
    unknown = [index for index, span in enumerate(space.numbers[signal].spans) if span is None]
    scores = signal in (*ALWAYS_KNOWN, "xray", "combined") and (picture or signal in ALWAYS_KNOWN)
    yield space.numbers[signal].variable, [*known, *unknown] if scores else [*unknown, *known]


def _parcel(space: Space, answer: list[int]) -> Evidence:
    fields: dict[str, Any] = {"item_id": EXAMPLE_ITEM, "stage": "station", "risk": 0.0}
    for signal, one in space.words.items():
        fields[signal] = one.values[_lowest(answer[one.variable])]
    if fields["xray_assessment"] == NO_PICTURE:
        fields["xray_assessment"] = None
    for signal, several in space.sets.items():
        fields[FIELDS[signal]] = _values(signal, [v for v, bit in several.variables.items() if answer[bit] == YES])
    numbers = {signal: _number(one, answer) for signal, one in space.numbers.items()}
    fields["parts"] = {
        signal.removeprefix(PART_PREFIX): value
        for signal, value in numbers.items()
        if signal.startswith(PART_PREFIX) and value is not None
    }
    fields |= {signal: value for signal, value in numbers.items() if not signal.startswith(PART_PREFIX)}
    # The picture's score is the highest of any part, also where both lie in one span.
    fields["xray"] = max((value for value in (fields["xray"], *fields["parts"].values()) if value is not None),
                         default=None)  # fmt: skip
    fields["finding_history"] = int(fields.get("finding_history") or 0)
    if "channel" not in space.named:
        del fields["channel"]
    return Evidence(**fields)


def describe(parcel: Evidence) -> str:
    """Return a parcel in words, leaving out what is as in any harmless one."""
    words = ["a parcel at the station" if parcel.stage == "station" else "a parcel before arrival"]
    single = ("station", "channel", "mail_class", "direction", "nature", "origin_country", "destination_country")
    words += [f"{signal_name(one)} {getattr(parcel, one)}" for one in single if getattr(parcel, one) is not None]
    for signal, field in FIELDS.items():
        words += [f"{signal_name(signal)} {_shown(value)}" for value in sorted(getattr(parcel, field))]
    words += _picture(parcel)
    for signal, value in (("risk", parcel.risk), ("combined", parcel.combined)):
        if value is None and signal == "risk":
            words.append("manifest risk unknown")
        elif value:
            words.append(f"{signal_name(signal)} {number(value)}")
    if parcel.finding_history:
        words.append(f"{signal_name('finding_history')} {parcel.finding_history}")
    return ", ".join(words)


def span_words(span: Span) -> str:
    """Return a span of scores as words, for example `from 0.05 to below 0.20`."""
    low, high = span
    if high == float("inf"):
        return f"from {number(low)} up"
    return f"below {number(high)}" if low == 0 else f"from {number(low)} to below {number(high)}"


def _picture(parcel: Evidence) -> list[str]:
    if parcel.xray_assessment is None:
        return ["no picture"] if parcel.stage == "station" else []
    score = f" with score {number(parcel.xray)}" if parcel.xray else ""
    parts = [f"{signal_name(PART_PREFIX + name)} {number(value)}" for name, value in parcel.parts.items()]
    return [f"X-ray assessment {parcel.xray_assessment}{score}", *parts]


def _lowest(domain: int) -> int:
    return (domain & -domain).bit_length() - 1


def _number(one: Numbers, answer: list[int]) -> float | None:
    span = one.spans[_lowest(answer[one.variable])]
    return None if span is None else span[0]


def _values(signal: str, values: list[str]) -> Any:
    return tuple(values) if signal in ("transit_country", "hs_code") else frozenset(values)


def _shown(value: str) -> str:
    return "(any other)" if value == OTHER else value
