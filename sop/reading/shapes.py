"""Shapes of values: each reads a node of the file and says the same in JSON Schema, so that the two cannot drift apart.

A shape returns None where it reported an error; no valid value is ever None.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sop.findings import Mark, Report
from sop.reading.editor import described
from sop.reading.hints import cut
from sop.reading.suggest import closest, did_you_mean
from sop.reading.yaml_reader import Broken, Mapping, Node, Scalar, Sequence

T = TypeVar("T")


class Shape(ABC, Generic[T]):
    """What may stand in one place of a file."""

    @abstractmethod
    def read(self, node: Node, report: Report) -> T | None:
        """Return the value, or None after reporting what is wrong with it."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Return the same in JSON Schema, Draft 2020-12."""


def wrong_type(node: Node, wanted: str, report: Report) -> None:
    """Report that something else than `wanted` stands here; what was reported already stays silent."""
    if isinstance(node, Broken):
        return
    if isinstance(node, Scalar):
        found = "nothing" if node.reads_as == "nothing" else f"`{cut(node.text)}`"
    else:
        found = "a list" if isinstance(node, Sequence) else "a block of names"
    code = "value_empty" if found == "nothing" else "value_type"
    report.error(node.mark, code, f"Here stands {found}, but this needs {wanted}.")


@dataclass(frozen=True)
class OneOrMany(Shape[tuple[T, ...]]):
    """A value, or a list of different values."""

    item: Shape[T]

    def read(self, node: Node, report: Report) -> tuple[T, ...] | None:
        """Return all values as a tuple."""
        if not isinstance(node, Sequence):
            value = self.item.read(node, report)
            return None if value is None else (value,)
        return _distinct(ListOf(self.item).read(node, report), node, report)

    def schema(self) -> dict[str, Any]:
        """Return either form."""
        item = self.item.schema()
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


@dataclass(frozen=True)
class ListOf(Shape[tuple[T, ...]]):
    """A list with at least one entry."""

    item: Shape[T]
    wanted: str = "a list"

    def read(self, node: Node, report: Report) -> tuple[T, ...] | None:
        """Return all entries; one wrong entry makes the list None, after all were read."""
        if not isinstance(node, Sequence):
            wrong_type(node, f"{self.wanted}: each entry on its own line, begun with `- `", report)
            return None
        if not node.items:
            report.error(node.mark, "value_empty", "The list is empty; write at least one entry or remove the line.")
            return None
        values = [self.item.read(item, report) for item in node.items]
        known = tuple(value for value in values if value is not None)
        return known if len(known) == len(values) else None

    def schema(self) -> dict[str, Any]:
        """Return an array."""
        return {"type": "array", "items": self.item.schema(), "minItems": 1}


@dataclass(frozen=True)
class Table(Shape[Map[str, T]]):
    """Names from a fixed set, each with a value of the same shape; `complete` asks for all of them."""

    names: Map[str, str]
    value: Shape[T]
    what: str
    complete: bool = False

    def read(self, node: Node, report: Report) -> Map[str, T] | None:
        """Return the values by name."""
        if not isinstance(node, Mapping):
            example = f"{{{next(iter(self.names))}: ...}}"
            wrong_type(node, f"a block with a line for each {self.what}, for example {example}", report)
            return None
        entries, meant = _known_entries(node, self.names, self.what, report)
        values = {key: self.value.read(value, report) for key, (_, value) in entries.items()}
        missing = [name for name in self.names if self.complete and name not in entries]
        for name in missing:
            if name not in meant:
                report.error(node.mark, "key_missing", f"`{name}` is missing here: {self.names[name]}")
        if not node.entries:
            report.error(node.mark, "value_empty", f"No {self.what} is named here; name one or remove the line.")
        known = {key: value for key, value in values.items() if value is not None}
        sound = len(known) == len(node.entries) and not missing and known
        # In the order of the language, not of the file: nothing may depend on the order of keys.
        return {name: known[name] for name in self.names if name in known} if sound else None

    def schema(self) -> dict[str, Any]:
        """Return an object."""
        inner = self.value.schema()
        found: dict[str, Any] = {
            "type": "object",
            "properties": {name: {"description": text, **inner} for name, text in self.names.items()},
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {**found, "required": list(self.names)} if self.complete else found


@dataclass(frozen=True)
class Key(Generic[T]):
    """A key of a record: its shape, what it means, an example as an author writes it."""

    name: str
    shape: Shape[T]
    meaning: str
    example: str
    required: bool = False


Build = Callable[[dict[str, Any], Mark], T]
Check = Callable[[dict[str, Any], Map[str, Mark], Mark, Report], bool]


@dataclass(frozen=True)
class Record(Shape[T]):
    """Keys of different shapes that make up one thing.

    Attributes:
        what: The thing in words, for messages.
        keys: Every key it may have.
        build: Makes the thing from the values that are there and the place where the record begins.
        check: Looks at all values together, reports what does not fit and returns whether all is well. It gets the
            values that were sound, and the places of all that stand there.
        sample: How the thing is written, for whoever wrote something else.
        elsewhere: Keys that authors write here although they belong to another place, each with what to do.
    """

    what: str
    keys: tuple[Key[Any], ...]
    build: Build[T]
    check: Check | None = None
    sample: str = "lines of `name: value`"
    elsewhere: Map[str, str] = field(default_factory=dict)

    def read(self, node: Node, report: Report) -> T | None:
        """Return the thing built, or None."""
        if not isinstance(node, Mapping):
            wrong_type(node, f"{self.what}: {self.sample}", report)
            return None
        shapes = {key.name: key for key in self.keys}
        known_keys = {key.name: key.meaning for key in self.keys}
        entries, meant = _known_entries(node, known_keys, f"key of {self.what}", report, self.elsewhere)
        values = {name: shapes[name].shape.read(value, report) for name, (_, value) in entries.items()}
        missing = [key for key in self.keys if key.required and key.name not in entries]
        for key in missing:
            if key.name not in meant:
                message = f"`{key.name}` is missing in {self.what}. {key.meaning} For example `{key.example}`."
                report.error(node.mark, "key_missing", message)
        known = {name: value for name, value in values.items() if value is not None}
        marks = {key.text: value.mark for key, value in node.entries}
        sound = self.check is None or self.check(known, marks, node.mark, report)
        complete = len(known) == len(node.entries) and not missing
        return self.build(known, node.mark) if complete and sound else None

    def schema(self) -> dict[str, Any]:
        """Return an object."""
        required = [key.name for key in self.keys if key.required]
        found: dict[str, Any] = {
            "type": "object",
            "properties": {key.name: described(key.meaning, key.example, key.shape.schema()) for key in self.keys},
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {**found, "required": required} if required else found


@dataclass(frozen=True)
class Either(Shape[T]):
    """A short form (one value) and a long form (a block) of the same thing."""

    short: Shape[T]
    long: Shape[T]

    def read(self, node: Node, report: Report) -> T | None:
        """Return the thing from whichever form stands here."""
        return (self.long if isinstance(node, Mapping) else self.short).read(node, report)

    def schema(self) -> dict[str, Any]:
        """Return either form."""
        return {"anyOf": [self.short.schema(), self.long.schema()]}


@dataclass(frozen=True)
class Made(Shape[T]):
    """Another shape's value, made into something else."""

    shape: Shape[Any]
    make: Callable[[Any], T]

    def read(self, node: Node, report: Report) -> T | None:
        """Return what was made."""
        value = self.shape.read(node, report)
        return None if value is None else self.make(value)

    def schema(self) -> dict[str, Any]:
        """Return the inner shape's."""
        return self.shape.schema()


@dataclass(frozen=True)
class Later(Shape[T]):
    """A shape that contains itself: looked up when it is read, and named in the schema."""

    name: str
    get: Callable[[], Shape[T]]

    def read(self, node: Node, report: Report) -> T | None:
        """Return the named shape's value."""
        return self.get().read(node, report)

    def schema(self) -> dict[str, Any]:
        """Return a reference to the definition of that name."""
        return {"$ref": f"#/$defs/{self.name}"}


def node_text(node: Node) -> str:
    """Return the text of a scalar as it stands in the file."""
    return node.text if isinstance(node, Scalar) else ""


def _known_entries(
    node: Mapping, names: Map[str, str], what: str, report: Report, elsewhere: Map[str, str] | None = None
) -> tuple[dict[str, tuple[Scalar, Node]], set[str]]:
    """Return the entries with known names, and the names that unknown ones were most likely meant to be."""
    entries: dict[str, tuple[Scalar, Node]] = {}
    written = {key.text for key, _ in node.entries}
    meant: set[str] = set()
    for key, value in node.entries:
        if key.text in names:
            entries[key.text] = (key, value)
            continue
        if key.text.isdigit() and isinstance(value, Scalar) and not value.text:
            message = f"`{key.text}` stands here after a comma; write decimals with a point, for example 0.{key.text}."
            report.error(key.mark, "number_format", message)
            continue
        if glued := _glued(key, value, names):
            report.error(key.mark, "key_unknown", f"No space stands behind the colon; write `{glued}`.")
            meant.add(glued.split(":")[0])
            continue
        advice = (elsewhere or {}).get(key.text)
        free = [name for name in names if name not in written]
        if not advice and report.guesses and (close := closest(key.text, free)):
            meant.add(close)
        hint = f"; {advice}" if advice else did_you_mean(key.text, free, report)
        report.error(key.mark, "key_unknown", f"`{cut(key.text)}` is no {what}{hint}")
    return entries, meant


def _glued(key: Scalar, value: Node, names: Map[str, str]) -> str | None:
    """Return `nature: gift` for `nature:gift`, which YAML takes for one name without a value."""
    name, colon, rest = key.text.partition(":")
    empty = isinstance(value, Scalar) and value.reads_as == "nothing" and not value.text
    return f"{name}: {cut(rest)}" if colon and empty and name in names else None


def _distinct(values: tuple[T, ...] | None, node: Sequence, report: Report) -> tuple[T, ...] | None:
    if values is None:
        return None
    seen: set[T] = set()
    for position, value in enumerate(values):
        if value in seen:
            message = f"`{cut(node_text(node.items[position]))}` stands in this list twice; remove one."
            report.error(node.items[position].mark, "value_repeated", message)
            return None
        seen.add(value)
    return values
