"""What a cut of the workload did with a parcel, in words that an officer reads."""

from __future__ import annotations

from sop.moves import Move
from sop.types import Cut, Lane
from sop.words import SPECIAL_VALUES, number, signal_name


def move_words(lane: Lane, result: Move, rank: tuple[str, float]) -> str:
    """Return why a parcel left `lane` by a cut, or why the cut that goes through its equals let it stay.

    Args:
        lane: Where the parcel was before the cut.
        result: What the cut did; it names a cut.
        rank: The signal that ranks the parcel, and its value.

    Raises:
        ValueError: No cut concerned the parcel.
    """
    cut = result.cut
    if cut is None:
        raise ValueError("no cut concerned the parcel")
    moved = f"Moved from {lane} to {result.lane} by the workload"
    fate = moved if result.moved else f"The workload leaves it in {lane}"
    return f"{fate}: {_against(cut, result, rank)}. {_asked(cut)}"


def _against(cut: Cut, result: Move, rank: tuple[str, float]) -> str:
    signal, value = rank
    if value != cut.rank:
        own, at = _apart(value, cut.rank)
        side = "above" if value > cut.rank else "below"
        return f"{signal_name(signal)} {own} is {side} the cut at {at}"
    share = number(round(result.probability * 100, 2))
    verb = "move" if result.moved else "stay"
    return f"{signal_name(signal)} {number(value)} is exactly the cut, where {share} % of the parcels {verb}, by lot"


def _asked(cut: Cut) -> str:
    bound = "at least" if cut.moves == "in" else "at most"
    stage = SPECIAL_VALUES.get(("stage", cut.stage), cut.stage)
    return (
        f"{cut.lane.capitalize()} is to hold {bound} {number(cut.share * 100)} % of the parcels {stage}; "
        f"the cut comes from the last {cut.parcels:,} of them."
    )


def _apart(one: float, other: float) -> tuple[str, str]:
    """Return two different numbers with as few decimals, two at least, as still tell them apart."""
    for decimals in range(2, 17):
        first, second = f"{one:.{decimals}f}", f"{other:.{decimals}f}"
        if first != second:
            return first, second
    return repr(one), repr(other)
