"""Reads YAML into a small tree that knows where everything stands, and refuses what rule files have no use for.

Built on PyYAML's events rather than on its objects: events still know whether a scalar was quoted, which is how
`NO`, `1.10` and `0101` are told from what the author meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from sop.findings import POLICY, Mark, Report
from sop.reading.hints import cut
from sop.reading.yaml_signs import TURNING, hidden_message, hidden_sign
from sop.reading.yaml_syntax import Stopped, swallows, syntax_problem
from sop.reading.yaml_text import rest_of_line

MAX_DEPTH = 20
"""Deeper nesting than any policy needs; also what keeps reading a hostile file bounded."""

FIRST_KEYS = {POLICY: "sop", "lists": "list", "overrides": "extends"}
"""How the files of a procedure begin, by file or folder."""

REMARK = re.compile(r"[ \t]+(#[^\s#]\S*)")
"""A remark that begins without a space, as in `SOP #4`; people set a space after the # of a real one."""

CORE_TAG = "tag:yaml.org,2002:"
READS_AS = {
    "tag:yaml.org,2002:bool": "truth value",
    "tag:yaml.org,2002:int": "whole number",
    "tag:yaml.org,2002:float": "number",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "date",
    "tag:yaml.org,2002:merge": "merge key",
    "tag:yaml.org,2002:value": "special key",
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `reads_as` is what YAML takes an unquoted one for: text, whole number, truth value ..."""

    mark: Mark
    text: str
    quoted: bool
    reads_as: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values, in the order of the file, without duplicates."""

    mark: Mark
    entries: tuple[tuple[Scalar, Node], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that was already reported; whoever reads it stays silent."""

    mark: Mark


# The stubs of PyYAML do not know what attributes its events have.
Event = Any
Node = Scalar | Mapping | Sequence | Broken


def mark_at(node: Node, *path: str | int) -> Mark:
    """Return where the value at a path of keys and positions stands, or the nearest place above it that exists."""
    if not path:
        return node.mark
    first, *rest = path
    if isinstance(node, Mapping):
        found = [value for key, value in node.entries if key.text == first]
    elif isinstance(node, Sequence) and isinstance(first, int) and first < len(node.items):
        found = [node.items[first]]
    else:
        found = []
    return mark_at(found[0], *rest) if found else node.mark


class _TooDeep(Exception):
    """The file nests deeper than MAX_DEPTH."""


def read_yaml(text: str, report: Report, file: str = POLICY) -> Node | None:
    """Return the tree of the only document in `text`, or None where it cannot be read at all.

    Args:
        text: The file's text.
        report: Receives everything that is wrong with it as YAML.
        file: The file's path in its package, for the places of what is found.
    """
    _tell_turned_lines(text, report, file)
    try:
        composer = _Composer(text, report, file)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line = before.count("\n") + 1
        mark = Mark(line, len(before) - before.rfind("\n"), rest_of_line(text, error.position), file)
        report.error(mark, "yaml_syntax", f"Character {error.character!r} cannot stand in a YAML file; remove it.")
        return None
    try:
        return composer.document()
    except yaml.MarkedYAMLError as error:
        mark, message = syntax_problem(composer.stopped(error), file)
        report.error(mark, "yaml_syntax", message)
    except _TooDeep:
        pass
    return None


def _tell_turned_lines(text: str, report: Report, file: str) -> None:
    """Report the first sign of each line that turns its text round, in remarks too: people read those."""
    for number, line in enumerate(text.split("\n"), 1):
        if found := TURNING.search(line):
            report.error(Mark(number, found.start() + 1, "", file), "text_form", hidden_message(found[0]))


class _Composer:
    def __init__(self, text: str, report: Report, file: str) -> None:
        # Only events are taken from the loader: it never builds an object.
        self.loader = yaml.SafeLoader(text)
        self.text = text
        self.report = report
        self.file = file
        self.end = 0
        """Where the block that was read last ends in the text."""
        self.quote: Event = None
        """The last quoted text that has lines of the file in it: most likely its quote was forgotten."""

    def stopped(self, error: yaml.MarkedYAMLError) -> Stopped:
        """Return what is known where the parser stopped."""
        for token in self.loader.tokens:
            self._remember(token)
        # The parser keeps a mark for each block and bracket that is open.
        opened = self.loader.marks[-1] if self.loader.flow_level > 0 and self.loader.marks else None
        return Stopped(error, self.text, self.quote, opened)

    def _remember(self, scalar: Event) -> None:
        if getattr(scalar, "style", None) in ("'", '"') and swallows(scalar, self.text):
            self.quote = scalar

    def document(self) -> Node | None:
        self._next()
        start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            first = FIRST_KEYS.get(self.file.split("/")[0], "cases")
            other = "" if self.file == POLICY else ", or remove the file"
            message = f"The file is empty; begin with `{first}:`{other}."
            self.report.error(Mark(1, 1, "", self.file), "yaml_empty", message)
            return None
        if start.version or start.tags:
            message = "Lines that begin with % are not allowed; remove them."
            self.report.error(self._mark(start), "yaml_directive", message)
        root = self._node(self._next(), 0)
        self._next()
        following = self._next()
        if not isinstance(following, yaml.StreamEndEvent):
            message = "A second document begins here (`---`); a policy is one document. Remove it."
            self.report.error(self._mark(following), "yaml_documents", message)
        return root

    def _mark(self, event: Event) -> Mark:
        start, end = event.start_mark, event.end_mark
        single = isinstance(event, yaml.ScalarEvent | yaml.AliasEvent)
        return self._mark_of(start, end.index if single else None)

    def _whole(self, start: Event) -> Mark:
        """Return the mark of a block whose end was just read."""
        return self._mark_of(start.start_mark, self.end if start.flow_style else None)

    def _ends(self, event: Event) -> None:
        self.end = event.end_mark.index

    def _mark_of(self, start: Any, end: int | None) -> Mark:
        # What goes over several lines is told by its first one.
        stands = rest_of_line(self.text, start.index)
        if end is not None:
            stands = stands[: max(end - start.index, 0)].rstrip()
        return Mark(start.line + 1, start.column + 1, stands, self.file)

    def _next(self) -> Event:
        event = self.loader.get_event()  # type: ignore[no-untyped-call]
        self._remember(event)
        return event

    def _node(self, event: Event, depth: int) -> Node:
        mark = self._mark(event)
        if depth > MAX_DEPTH:
            self.report.error(mark, "yaml_depth", f"Nested more than {MAX_DEPTH} levels deep; no rule needs that.")
            raise _TooDeep
        if isinstance(event, yaml.AliasEvent):
            name = cut(str(event.anchor))
            message = f"`*{name}` repeats another place of the file; write the value out, so that it is read."
            self.report.error(mark, "yaml_alias", message)
            return Broken(mark)
        self._refuse_anchor_and_tag(event, mark)
        return self._content(event, mark, depth)

    def _content(self, event: Event, mark: Mark, depth: int) -> Node:
        if isinstance(event, yaml.MappingStartEvent):
            entries = tuple(self._entries(depth))
            return Mapping(self._whole(event), entries)
        if isinstance(event, yaml.SequenceStartEvent):
            items = tuple(self._items(depth))
            return Sequence(self._whole(event), items)
        return self._scalar(event, mark)

    def _refuse_anchor_and_tag(self, event: Event, mark: Mark) -> None:
        if event.anchor is not None:
            self.report.error(mark, "yaml_anchor", f"`&{cut(event.anchor)}` names this place for reuse; remove it.")
        if event.tag is not None:
            self.report.error(
                mark, "yaml_tag", f"The tag `{cut(event.tag.replace(CORE_TAG, '!!'))}` is not allowed; remove it."
            )

    def _value(self, event: Event, depth: int) -> Node:
        node = self._node(event, depth)
        # What else is wrong with it may be owed to the tag, or to the anchor that took its place.
        owed = getattr(event, "tag", None) or (event.anchor and isinstance(node, Scalar) and not node.text)
        return Broken(node.mark) if owed else node

    def _scalar(self, event: Event, mark: Mark) -> Scalar | Broken:
        if sign := hidden_sign(event.value):
            if sign not in self.text[event.start_mark.index : event.end_mark.index] or not TURNING.match(sign):
                self.report.error(mark, "text_form", hidden_message(sign))
            return Broken(mark)
        quoted = event.style is not None
        if not quoted and (lost := REMARK.match(self.text, event.end_mark.index)):
            message = (
                f"`{cut(lost[1])}` was read as a remark and is lost; put the whole text in quotes if it belongs to it."
            )
            end = Mark(event.end_mark.line + 1, event.end_mark.column + 1, lost[1], self.file)
            self.report.warning(end, "yaml_remark", message)
        implicit = (not quoted, quoted)
        tag = self.loader.resolve(yaml.ScalarNode, event.value, implicit)  # type: ignore[no-untyped-call]
        return Scalar(mark, event.value, quoted, READS_AS.get(tag, "text"))

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield self._value(event, depth + 1)
        self._ends(event)

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Mark] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._value(self._next(), depth + 1)
            if self._usable_key(key, seen):
                assert isinstance(key, Scalar)  # noqa: S101 - _usable_key refuses all else
                seen[key.text] = key.mark
                yield key, value
        self._ends(event)

    def _usable_key(self, key: Node, seen: dict[str, Mark]) -> bool:
        if isinstance(key, Broken):
            return False
        if not isinstance(key, Scalar):
            self.report.error(key.mark, "key_form", "A list or a block stands where a name should; write a name.")
            return False
        if key.reads_as == "merge key":
            self.report.error(key.mark, "yaml_merge", "`<<` copies keys from elsewhere; write them out here.")
            return False
        if key.text in seen:
            message = f"`{cut(key.text)}` stands here a second time, first on line {seen[key.text].line}; remove one."
            self.report.error(key.mark, "key_duplicate", message)
            return False
        return True
