"""The register of risk indicators: every one as data, with what it means, why it counts, and who answers for it.

Add an indicator by writing its pure function in the module of its family and one entry in `entries.py`; then run
`python -m features.indicators.register > docs/indicators.md`. The codes are part of the risk model's feature
specification: a new one asks for a new model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from features.indicators.entries import REGISTER
from features.indicators.lists import DEFAULT_LISTS, IndicatorLists
from features.indicators.types import FAMILIES, Family, Found, Indicator, Raised
from features.manifest import Manifest

__all__ = ["DEFAULT_LISTS", "REGISTER", "Family", "Indicator", "Raised", "raise_indicators", "register_markdown"]

# A consignment of 200 lines without HS codes is one fact, not 200.
MOST_PLACES = 3


def raise_indicators(manifest: Manifest, lists: IndicatorLists = DEFAULT_LISTS) -> tuple[Raised, ...]:
    """Return every indicator that holds for a manifest, in the order of the register.

    An indicator that holds in several places is raised for the first three of them, and the third says how many more
    there are. Never raises for a manifest that `parse_manifest` returned.
    """
    raised: list[Raised] = []
    for indicator in REGISTER:
        if found := list(indicator.check(manifest, lists)):
            raised.extend(_raised(indicator, found))
    return tuple(raised)


def _raised(indicator: Indicator, found: list[Found]) -> Iterator[Raised]:
    for number, place in enumerate(found[:MOST_PLACES], start=1):
        more = len(found) - MOST_PLACES if number == MOST_PLACES else 0
        yield Raised(indicator.code, indicator.family, _with_more(place, more), place.evidence)


def _with_more(place: Found, more: int) -> str:
    if more <= 0:
        return place.text
    return f"{place.text} The same holds in {more} more {'place' if more == 1 else 'places'}."


def register_markdown() -> str:
    """Return the register as a page for officers and analysts (`docs/indicators.md`)."""
    return "\n".join([*_head(), *(line for family in FAMILIES for line in _family(family)), *_term_lists()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Risk indicators"
    yield ""
    yield "Made from the register in `features/indicators/entries.py` by `python -m features.indicators.register`; do"
    yield "not edit by hand. An indicator is a reason to look, never a proof; which lane follows is the SOP's business."
    yield f"There are {len(REGISTER)}. Where one holds in many places, the answer names the first {MOST_PLACES}."
    yield ""
    yield "Thresholds and lists are the fields of `IndicatorLists` in `features/indicators/lists.py`. A site lays its"
    yield "own over them with a JSON document (`features.indicators.site.read_site_lists`): countries, carriers' hubs,"
    yield "headings, terms and thresholds. No country is named by default: which transits deserve a look is a site's"
    yield "own risk analysis."


def _family(family: Family) -> Iterator[str]:
    yield ""
    yield f"## {family.capitalize()}"
    for one in REGISTER:
        if one.family == family:
            yield ""
            yield f"### {one.code}"
            yield ""
            yield one.meaning
            yield ""
            yield f"- Why: {one.justification}"
            yield f"- Source: {one.source}"
            yield f"- Owner: {one.owner}; reviewed {one.reviewed.isoformat()}"


def _term_lists() -> Iterator[str]:
    lists = DEFAULT_LISTS
    yield ""
    yield "## Term lists"
    yield ""
    yield "| list | version | reviewed | terms | languages | source |"
    yield "|---|---|---|---|---|---|"
    chosen = (lists.vague, lists.qualifiers, lists.fillers, lists.placeholders, lists.firearm, lists.parts,
              lists.contexts, lists.exclusions, lists.convertible)  # fmt: skip
    for one in chosen:
        languages = _joined(one.terms)
        yield f"| {one.name} | {one.version} | {one.reviewed} | {len(one)} | {languages} | {one.source} |"


def _joined(languages: Iterable[str]) -> str:
    return ", ".join(languages)


if __name__ == "__main__":
    print(register_markdown(), end="")  # noqa: T201 - the page is this module's output when run
