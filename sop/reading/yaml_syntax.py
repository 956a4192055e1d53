"""What a YAML parser complains about, in words that authors understand, at the place where the mistake was made.

The parser stops at the first thing that it has no use for. For a quote or a bracket that was never closed that may be
lines further down, so most of this is about finding the way back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from sop.findings import Mark
from sop.reading.hints import cut
from sop.reading.yaml_text import rest_of_line

CLOSING = {"{": "}", "[": "]"}
SWALLOWED = re.compile(r"\n[ \t]*(- )?\w[\w-]*:(\s|$)")
"""A line of the file's own form inside a quoted text: the quote was not closed where it should have been."""
NAMED = re.compile(r"( *)(- )?\w[\w-]*")
FIRST_NAME = re.compile(r"((?: *- )? *)\w[\w-]*(?::\S| (?!.*: ))")
LONE_NAME = re.compile(r"( *)\w[\w-]*\s*$")
GLUED = re.compile(r"([\w-]+):(\S.*)")
ANYWHERE = "Not readable as YAML here; check the indentation, brackets and quotes of this line and the one above."
Place = Any
"""A mark of PyYAML, whose stubs do not know its attributes: `line` and `column` from 0, `index` in the text."""
Told = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of our own, counted as the parser counts."""

    line: int
    column: int
    index: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """What is known where the parser stopped.

    Attributes:
        error: What it complains about.
        text: The file's text.
        quote: The last quoted text, as event or token, that was read over several lines; None where there was none.
        bracket: Where the innermost bracket opens that is still open; None where none is.
    """

    error: yaml.MarkedYAMLError
    text: str
    quote: Any = None
    bracket: Place = None

    @property
    def at(self) -> Place:
        """Where the parser stopped."""
        return self.error.problem_mark or self.error.context_mark

    def begun(self) -> Place:
        """Return where that began in which the parser stopped."""
        return self.error.context_mark or self.at

    def sign(self, place: Place) -> str:
        """Return the character at a place."""
        return self.text[place.index : place.index + 1]


def syntax_problem(stopped: Stopped, file: str) -> tuple[Mark, str]:
    """Return where the mistake was made, what it is and what to do about it."""
    if stopped.at is None:
        return Mark(1, 1, "", file), ANYWHERE
    place, message = _told(stopped)
    return Mark(place.line + 1, place.column + 1, rest_of_line(stopped.text, place.index), file), message


def swallows(quote: Any, text: str) -> bool:
    """Return whether a quoted text, as event or token, has lines of the file in it."""
    return SWALLOWED.search(text, quote.start_mark.index, quote.end_mark.index) is not None


def _told(stopped: Stopped) -> Told:
    problem, context = stopped.error.problem or "", stopped.error.context or ""
    if stopped.quote is not None and _near(stopped):
        closed = stopped.quote.end_mark.line + 1
        message = f"The quote that opens here is closed only by the one on line {closed}; close it where the text ends."
        return stopped.quote.start_mark, message
    if "unexpected end of stream" in problem or "unexpected document separator" in problem:
        return stopped.begun(), "The quote that opens here is never closed; close it where the text ends."
    if "could not find expected ':'" in problem:
        return stopped.begun(), _without_colon(rest_of_line(stopped.text, stopped.begun().index))
    if "expected ',' or" in problem:
        return _bracket(stopped, stopped.begun())
    if "<stream end>" in problem and stopped.bracket is not None:
        return _bracket(stopped, stopped.bracket)
    if "<block end>" in problem or "expected the node content" in problem:
        return stopped.at, _block(stopped)
    return _single(stopped, problem, context)


def _near(stopped: Stopped) -> bool:
    """Return whether the parser stopped right behind the quoted text: it may be meant, and something else be wrong."""
    end = stopped.quote.end_mark.line
    return any(place is not None and 0 <= place.line - end <= 1 for place in (stopped.error.context_mark, stopped.at))


def _without_colon(line: str) -> str:
    if glued := GLUED.match(line):
        return f"No space stands behind the colon; write `{cut(f'{glued[1]}: {glued[2]}')}`."
    return "A name without a colon: write `name: value`, with a space after the colon."


def _first_name(stopped: Stopped) -> Spot | None:
    """Return where the name above lost its colon, or the space behind: YAML reads it and the next line as one text."""
    lines = stopped.text.splitlines(keepends=True)[: stopped.at.line + 1]
    here = NAMED.fullmatch(lines[-1][: stopped.at.column])
    if here is None or len(lines) < 2:
        return None
    lone, first = LONE_NAME.match(lines[-2]), FIRST_NAME.match(lines[-2])
    if lone and (here[2] or len(lone[1]) < len(here[1])):
        column = len(lone[1])
    elif first and not here[2] and len(first[1]) == len(here[1]):
        column = len(first[1])
    else:
        return None
    return Spot(stopped.at.line - 1, column, sum(len(line) for line in lines[:-2]) + column)


def _bracket(stopped: Stopped, opens: Place) -> Told:
    sign = stopped.sign(opens)
    closing = CLOSING.get(sign, sign)
    if opens.line == stopped.at.line:
        return stopped.at, (
            f"A `,` is missing before this, or the `{closing}` of the `{sign}` in column {opens.column + 1}; a text "
            "with such signs in it belongs in quotes."
        )
    end = f"line {stopped.at.line + 1}" if stopped.sign(stopped.at) else "the end of the file"
    return opens, f"The `{sign}` that opens here lacks its `{closing}`, or a `,` between its entries, before {end}."


def _block(stopped: Stopped) -> str:
    at, begun = stopped.at, stopped.begun()
    line = rest_of_line(stopped.text, at.index)
    if stopped.sign(at) in ("}", "]", ","):
        return f"`{stopped.sign(at)}` stands here outside of brackets; remove it, or put the text in quotes."
    if stopped.text[at.index - at.column : at.index].strip(" -"):
        return f"`{cut(line)}` cannot stand behind what comes before it on this line; put the whole text in quotes."
    if at.column != begun.column:
        return (
            f"This line begins in column {at.column + 1}, where no block above begins; "
            "set it in like the lines that it belongs with."
        )
    if re.match(r"-\w", line):
        return f"No space stands behind the dash; write `- {cut(line[1:])}`."
    if line.startswith("- "):
        return "An entry of a list stands where names stand; set it in like the entries above."
    if "block collection" in (stopped.error.context or ""):
        return (
            f"The entries of the list from line {begun.line + 1} on begin with `- `; write it here too, or set the "
            "line in further where it belongs to the entry above."
        )
    return ANYWHERE


def _single(stopped: Stopped, problem: str, context: str) -> Told:
    at, begun = stopped.at, stopped.begun()
    if "mapping values are not allowed" in problem:
        if above := _first_name(stopped):
            return above, _without_colon(rest_of_line(stopped.text, above.index))
        message = "A colon inside a text, or a line set in too far: put the text in quotes or mend the indentation."
        return at, message
    if "sequence entries are not allowed" in problem:
        return at, "A list begins on a line of its own, behind `- `; a text that begins with `- ` belongs in quotes."
    if "cannot start any token" in problem and stopped.sign(at) == "\t":
        return at, "A tab stands here; YAML is indented with spaces only."
    if "cannot start any token" in problem or "mapping keys are not allowed" in problem:
        return at, f"A text cannot begin with `{stopped.sign(at)}`; put it in quotes."
    if any(word in context for word in ("alias", "anchor", "tag", "directive", "block scalar")):
        return begun, f"A text cannot begin with `{stopped.sign(begun)}`; put it in quotes."
    if "double-quoted" in context:
        return at, "In double quotes a backslash begins a special sign; write `\\\\` for it, or use single quotes."
    return at, ANYWHERE
