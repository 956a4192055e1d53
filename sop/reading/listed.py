"""Codes written out in a condition, on named lists, or both."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from sop.findings import Mark, Report
from sop.lists import KIND_NOUNS, ListKind, NamedList
from sop.reading.hints import cut
from sop.reading.scalars import read_text
from sop.reading.shapes import Either, Key, Made, OneOrMany, Record, Shape
from sop.reading.suggest import did_you_mean
from sop.reading.yaml_reader import Node
from sop.vocabulary import Vocabulary

Codes = tuple[tuple[str, ...], tuple[NamedList, ...]]
LIST_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}"
LIST_FOLDER = "lists"
KIND_WORDS: Map[str, str] = {
    "country": "Countries, by their two capital letters (ISO 3166-1).",
    "hs_code": "Beginnings of HS codes, digits only.",
}


@dataclass(frozen=True)
class ListName(Shape[NamedList]):
    """The name of a list of a kind, read as the list itself."""

    kind: ListKind
    lists: Map[str, NamedList]
    broken: Map[str, str]

    def read(self, node: Node, report: Report) -> NamedList | None:
        """Return the list; one whose file was reported already stays silent."""
        name = read_text(node, "the name of a list", report)
        if name is None:
            return None
        if not re.fullmatch(LIST_NAME, name):
            message = f"`{cut(name)}` is not the name of a list: it is letters, digits, `_` and `-`."
            report.error(node.mark, "text_form", message)
            return None
        if name not in self.lists and name not in self.broken:
            report.error(node.mark, "list_unknown", f"There is no list `{name}`{self._hint(name, report)}")
            return None
        found = self.lists.get(name)
        if (other := self._other_kind(found.kind if found else self.broken[name])) is not None:
            has, needs = KIND_NOUNS[other][1], KIND_NOUNS[self.kind][1]
            message = f"The list `{name}` is one of {has}, but this needs one of {needs}."
            report.error(node.mark, "list_kind", message)
            return None
        return found

    def _other_kind(self, written: str) -> ListKind | None:
        return next((kind for kind in KIND_NOUNS if kind == written != self.kind), None)

    def _hint(self, name: str, report: Report) -> str:
        known = sorted({*self.lists, *self.broken})
        if not known:
            return f"; write it into {LIST_FOLDER}/{name}.yaml, or the codes here."
        return did_you_mean(name, known, report)

    def schema(self) -> dict[str, Any]:
        """Return a string; which lists there are, a schema cannot know."""
        return {"type": "string", "pattern": f"^{LIST_NAME}$"}


def codes_shape(item: Shape[str], kind: ListKind, vocabulary: Vocabulary) -> Either[Codes]:
    """Return the shape of codes, or of `{codes: ..., list: ...}` with at least one of the two."""
    name = ListName(kind, vocabulary.lists, vocabulary.broken_lists)
    sample = {"country": 'codes: [SE, "NO"]', "hs_code": 'codes: ["9301", "9305"]'}[kind]
    keys: tuple[Key[Any], ...] = (
        Key("codes", OneOrMany(item), "Codes written out here, besides those of the list.", sample),
        Key("list", OneOrMany(name), f"Named lists, files of the folder `{LIST_FOLDER}`.", "list: high-risk-origins"),
    )
    block = Record("codes", keys, _codes, _not_empty, "write {list: ...}, or {codes: ..., list: ...}")
    return Either(Made(OneOrMany(item), lambda codes: (codes, ())), block)


def _codes(values: dict[str, Any], _mark: Mark) -> Codes:
    return values.get("codes", ()), values.get("list", ())


def _not_empty(_values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    if not marks:
        report.error(mark, "value_empty", "No code stands here; write `codes`, `list` or both.")
    return bool(marks)
