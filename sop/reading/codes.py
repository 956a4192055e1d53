"""Shapes of the two code lists that authors misspell most: countries and the Harmonized System."""

from __future__ import annotations

import string
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from features.codes import COUNTRIES, HS_CHAPTERS
from sop.findings import Report
from sop.reading.country_names import code_for, country_names
from sop.reading.editor import chosen
from sop.reading.hints import digits_meant
from sop.reading.scalars import Choice, Text
from sop.reading.shapes import node_text
from sop.reading.yaml_reader import Node, Scalar

COUNTRY_WORDS: Map[str, str] = {code: code for code in sorted(COUNTRIES)}
USER_ASSIGNED = frozenset(
    {"AA", "ZZ", "YY"} | {f"Q{c}" for c in "MNOPQRSTUVWXYZ"} | {f"X{c}" for c in string.ascii_uppercase}
)
"""ISO 3166-1 leaves these to its users (post from Kosovo says XK); YY is not among them, but a common placeholder."""

UNASSIGNED_WORDS = "No country of ISO 3166-1; left to its users."


def country_schema() -> dict[str, Any]:
    """Return the assigned codes and those that only give a warning, with their names."""
    return chosen(
        {code: country_names().get(code, UNASSIGNED_WORDS) for code in sorted({*COUNTRY_WORDS, *USER_ASSIGNED})}
    )


NATIONAL_CHAPTERS = frozenset({98, 99})
"""Chapters that the Harmonized System leaves to each country's own use."""


@dataclass(frozen=True)
class Country(Choice):
    """A country; codes that ISO leaves to its users give a warning, because post does carry some of them."""

    def unknown(self, text: str, node: Node, report: Report) -> str | None:
        """Report a code that is not assigned."""
        if text in USER_ASSIGNED:
            message = f"`{text}` is no country of ISO 3166-1; the rule matches only where post really declares it."
            report.warning(node.mark, "country_unassigned", message)
            return text
        meant = code_for(text, guess=report.guesses)
        advice = f"write `{meant}` for {country_names()[meant]}." if meant else "write its two capital letters."
        report.error(node.mark, self.code, f"`{text}` is no {self.what}; {advice}")
        return None

    def schema(self) -> dict[str, Any]:
        """Return a reference to `country_schema`, which would fill the schema if it stood in every place."""
        return {"$ref": "#/$defs/country"}


COUNTRY = Country(COUNTRY_WORDS, "country of ISO 3166-1", "country_unknown")


@dataclass(frozen=True)
class HsPrefix(Text):
    """The first digits of an HS code, at least its chapter."""

    wanted: str = "the beginning of an HS code"
    pattern: str = r"[0-9]{2,10}"
    form: str = "must be 2 to 10 digits without dots or spaces"

    def read(self, node: Node, report: Report) -> str | None:
        """Return the digits."""
        meant = digits_meant(node.text) if isinstance(node, Scalar) else None
        if meant:
            message = f'`{node_text(node)}` has dots or spaces; write "{meant}" in quotes.'
            report.error(node.mark, "text_form", message)
            return None
        text = super().read(node, report)
        if text is None or int(text[:2]) in HS_CHAPTERS.keys() | NATIONAL_CHAPTERS:
            return text
        message = f"The Harmonized System has no chapter {text[:2]}, so no parcel would ever match; correct the code."
        report.error(node.mark, "hs_chapter_unknown", message)
        return None
