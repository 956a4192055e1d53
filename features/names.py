"""Whether two names mean the same person or company, whatever script, spelling, title, legal form or order.

    similarity("Example Trading Ltd", "EXAMPLE TRADING LIMITED", "company")    # 1.0

The figure ranks, it is no chance: 1 for names that agree, lower the more they differ. What it is worth is measured on
pairs that people labelled, by `python -m benchmarks.names --pairs FILE`. Names are compared with names alone: where a
name is from is never asked, and nothing here is a feature of the risk model.
"""

from __future__ import annotations

import math
from functools import lru_cache

from features.names_align import Differences, differences
from features.names_tokens import Kind, Prepared, sounds, take_apart

__all__ = ["COSTS", "Kind", "Prepared", "address_skeleton", "compare", "prepare", "similarity", "skeleton"]

BASE = 2.66
COSTS = Differences(
    slip=1.92, variant=2.19, extra=0.42, lone=0.85, initial=0.2, order=1.91, number=1.44, form=2.07, whole=1.61
)
"""What each difference costs, in log odds, and the log odds that names without any are the same. Fitted by
`python -m benchmarks.names --pairs FILE --fit` (logistic regression, no cost below 0.2) on 578 labelled pairs."""

REMEMBERED = 1024
"""Skeletons of names and of addresses kept at hand, at most 0.4 MB each. Of the names of 30,000 parcels of
`benchmarks.serving.traffic` 16 % were found among so many (35 % among 16 times as many, which cost as many times the
memory); one that is not costs some 10 microseconds."""


def similarity(a: str, b: str, kind: Kind = "any") -> float:
    """Return how alike two names are, 0 to 1; symmetric, and 1 for a name and itself.

    Args:
        a: A name in any script.
        b: Another.
        kind: person, company, or any where it is not known which; it decides how legal forms, titles and Roman
            numerals are read.

    Returns:
        1.0 where the names differ in nothing but script, spelling rules, legal form against none, title or word order;
        0.0 where either has no letter or digit at all. Never raises.
    """
    return compare(prepare(a, kind), prepare(b, kind))


def prepare(name: str, kind: Kind = "any") -> Prepared:
    """Take a name apart once, so that it can be compared with many.

    Args:
        name: In any script; a text without letters or digits is no name and matches nothing.
        kind: As in `similarity`.
    """
    return take_apart(name, kind)


def compare(one: Prepared, two: Prepared) -> float:
    """Return what `similarity` does, for names prepared before."""
    if not one.key or not two.key:
        return 0.0
    found = differences(one, two).values()
    cost = sum(value * weight for value, weight in zip(found, COSTS.values(), strict=True))
    # The odds that these differences leave, as a share of what names without any have.
    return (1 + math.exp(-BASE)) / (1 + math.exp(cost - BASE))


@lru_cache(maxsize=REMEMBERED)
def skeleton(name: str) -> str:
    """Return the form that spellings of one name share: "Dr. Müller, Anna" and "ANNA MUELLER" agree.

    Romanised, titles and legal forms left out, each word reduced to how it sounds, words sorted; a child-of word (bin)
    stays with the name after it. Equal skeletons are evidence of one name, not proof: put an address beside it. Empty
    where the text has no letter or digit. Deterministic: stored keys depend on it, so a change of any rule behind it is
    a change of those (see docs/watchlists.md).
    """
    return take_apart(name, "any").key


@lru_cache(maxsize=REMEMBERED)
def address_skeleton(address: str) -> str:
    """Return the form that spellings of one address share: script, accents, capitals and word order do not matter.

    Nothing is left out, and words with a figure stay as they are. Deterministic, as `skeleton`.
    """
    return " ".join(sorted(sounds(address)))
