"""What a file of a named list may say."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date
from typing import Any

from sop.findings import Mark, Report
from sop.lists import ListEntry, ListKind, NamedList
from sop.reading.codes import COUNTRY, HsPrefix
from sop.reading.editor import described, entry_snippet
from sop.reading.lanes import in_order
from sop.reading.listed import KIND_WORDS, LIST_NAME
from sop.reading.scalars import Choice, Day, Text
from sop.reading.shapes import Either, Key, ListOf, Made, Record, Shape, node_text
from sop.reading.yaml_reader import Mapping, Node, Scalar, Sequence

ENTRY_SHAPES: Map[ListKind, Shape[str]] = {"country": COUNTRY, "hs_code": HsPrefix()}
CODE_SAMPLES: Map[ListKind, str] = {"country": "SE", "hs_code": "9301"}
SAMPLES: Map[ListKind, str] = {"country": '[SE, {code: "NO", until: 2027-01-31}]', "hs_code": '["9301", "9305"]'}


@dataclass(frozen=True)
class ListFile(Shape[NamedList]):
    """A whole file; what its entries are depends on its `kind`."""

    def read(self, node: Node, report: Report) -> NamedList | None:
        """Return the list."""
        return _record(_kind(node)).read(node, report)

    def schema(self) -> dict[str, Any]:
        """Return an object whose entries depend on its kind."""
        whole = _record("country").schema()
        # The second and further kinds are told apart by conditions, which editors show better than alternatives.
        codes = whole["properties"]["entries"]["description"]
        whole["properties"]["entries"] = {"description": codes, "type": "array", "minItems": 1}
        whole["allOf"] = [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"properties": {"entries": _entries_schema(kind)}},
            }
            for kind in ENTRY_SHAPES
        ]
        return whole


@dataclass(frozen=True)
class Entries(ListOf[ListEntry]):
    """The entries; a code may stand twice only for periods that do not touch."""

    def read(self, node: Node, report: Report) -> tuple[ListEntry, ...] | None:
        """Return the entries in their order."""
        entries = super().read(node, report)
        if entries is None or not isinstance(node, Sequence):
            return None
        twice = list(_repeated(entries))
        for position in twice:
            message = f"`{entries[position].code}` stands in this list twice for the same days; remove one."
            report.error(node.items[position].mark, "value_repeated", message)
        return None if twice else entries


def _record(kind: ListKind) -> Record[NamedList]:
    source = "Where the entries come from: a regulation, a decision, a unit."
    keys: tuple[Key[Any], ...] = (
        Key("list", Text("the name of a list", LIST_NAME, "is letters, digits, `_` and `-`"),
            "The list's name, which rules write; the file is called so, with `.yaml`.", "list: high-risk-origins",
            required=True),
        Key("kind", Choice(KIND_WORDS, "kind of list"), "What the entries are.", "kind: country", required=True),
        Key("source", Text(longest=500), source, "source: Decision 2026/14 of the Risk Analysis Unit", required=True),
        Key("issued", Day(), "The day of the source.", "issued: 2026-11-01", required=True),
        Key("expires", Day(), "The last day for which somebody vouches for the list; it still counts afterwards, and "
            "every check says so.", "expires: 2027-05-01"),
        _entries_key(kind),
    )  # fmt: skip
    sample = "begin with `list: ` and its name, and put the codes under `entries:`"
    return Record("a list file", keys, _list, in_order("issued", "expires"), sample, {"codes": "write `entries:`."})


def _entries_key(kind: ListKind) -> Key[tuple[ListEntry, ...]]:
    code = ENTRY_SHAPES[kind]
    keys: tuple[Key[Any], ...] = (
        Key("code", code, "The code.", f'code: "{CODE_SAMPLES[kind]}"', required=True),
        Key("from", Day(), "The first day on which the entry counts.", "from: 2026-12-01"),
        Key("until", Day(), "The last day on which it counts, that day included.", "until: 2027-01-31"),
        Key("note", Text(longest=500), "Why it is here, for whoever reads the list.", "note: Annex B, number 4"),
    )  # fmt: skip
    long = Record("an entry", keys, _entry, in_order("from", "until"), "write a code, or {code: ..., until: ...}")
    entry = Either(Made(code, lambda found: ListEntry(code=found)), long)
    return Key(
        "entries",
        Entries(entry, "a list of codes"),
        "The codes of the list.",
        f"entries: {SAMPLES[kind]}",
        required=True,
    )


def _entries_schema(kind: ListKind) -> dict[str, Any]:
    key = _entries_key(kind)
    schema = key.shape.schema()
    schema["items"]["defaultSnippets"] = [entry_snippet(CODE_SAMPLES[kind])]
    return described(key.meaning, key.example, schema)


def _list(values: dict[str, Any], mark: Mark) -> NamedList:
    given = {"name" if key == "list" else key: value for key, value in values.items()}
    return NamedList(**{"expires": None, **given}, line=mark.line)


def _entry(values: dict[str, Any], _mark: Mark) -> ListEntry:
    return ListEntry(
        code=values["code"], starts=values.get("from"), ends=values.get("until"), note=values.get("note")
    )  # fmt: skip


def _repeated(entries: tuple[ListEntry, ...]) -> Iterator[int]:
    taken: dict[str, _Days] = {}
    for position, entry in enumerate(entries):
        first = entry.starts or date.min
        if not taken.setdefault(entry.code, _Days()).take(first, entry.ends or date.max):
            yield position


class _Days:
    """The days for which a code stands already, as periods in their order: a list may hold one code 50,000 times."""

    def __init__(self) -> None:
        self.firsts: list[date] = []
        self.lasts: list[date] = []

    def take(self, first: date, last: date) -> bool:
        """Add a period, both days included; return whether all of it was free."""
        start = bisect_left(self.lasts, first)
        end = bisect_right(self.firsts, last)
        free = start >= end
        if not free:
            first, last = min(first, self.firsts[start]), max(last, self.lasts[end - 1])
        self.firsts[start:end], self.lasts[start:end] = [first], [last]
        return free


def _kind(node: Node) -> ListKind:
    """Return the kind that a file names; where it names none, the first, so that the rest of the file is read too."""
    entries = node.entries if isinstance(node, Mapping) else ()
    named = [node_text(value) for key, value in entries if key.text == "kind" and isinstance(value, Scalar)]
    return "hs_code" if named == ["hs_code"] else "country"
