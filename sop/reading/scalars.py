"""Shapes of single values, with the traps that YAML sets for people who write codes without quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date
from typing import Any

from sop.findings import Report
from sop.reading.editor import chosen
from sop.reading.hints import cut, day_meant, number_meant
from sop.reading.shapes import Shape, node_text, wrong_type
from sop.reading.suggest import did_you_mean
from sop.reading.yaml_reader import Node, Scalar

BELOW_ZERO = re.compile(r"-\d{1,9}(\.\d{1,12})?", re.ASCII)
"""Told as out of range, which all of them are, and not as written wrongly."""
PLAIN_NUMBER = re.compile(r"(0|[1-9]\d{0,8})?(\.\d{1,12})?", re.ASCII)
DIGITS = re.compile(r"[\d_.,:]+")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Text(Shape[str]):
    """A text; unquoted, it must not be something that YAML takes for a number, a date or a truth value.

    Attributes:
        wanted: What belongs here, for messages.
        pattern: What the whole text must match.
        form: The pattern in words.
    """

    wanted: str = "a text"
    pattern: str = r"\S(.*\S)?"
    form: str = "must not be empty or begin or end with a space"
    longest: int = 2000

    def read(self, node: Node, report: Report) -> str | None:
        """Return the text."""
        if isinstance(node, Scalar) and _trapped(node) and not re.fullmatch(self.pattern, node.text, re.DOTALL):
            # In quotes it would be wrong all the same, so that is not what to advise.
            report.error(node.mark, "text_form", f"`{cut(node.text)}` is not {self.wanted}: it {self.form}.")
            return None
        text = read_text(node, self.wanted, report)
        if text is None:
            return None
        if len(text) > self.longest:
            report.error(node.mark, "text_form", f"This text is longer than {self.longest} characters; shorten it.")
            return None
        if text.endswith("\n") and re.fullmatch(self.pattern, text.rstrip("\n"), re.DOTALL):
            message = "This text ends with a line break; write `|-` for `|`, and `>-` for `>`."
            report.error(node.mark, "text_form", message)
            return None
        if not re.fullmatch(self.pattern, text, re.DOTALL):
            report.error(node.mark, "text_form", f"`{cut(text)}` is not {self.wanted}: it {self.form}.")
            return None
        return text

    def schema(self) -> dict[str, Any]:
        """Return a string; `.` of the pattern includes line breaks in both readings."""
        pattern = self.pattern.replace(".", r"[\s\S]") if "(.*" in self.pattern else self.pattern
        return {"type": "string", "pattern": f"^{pattern}$", "maxLength": self.longest}


@dataclass(frozen=True)
class Choice(Shape[str]):
    """One of the known words; `words` gives the meaning of each, `code` names the error for any other."""

    words: Map[str, str]
    what: str
    code: str = "value_unknown"

    def read(self, node: Node, report: Report) -> str | None:
        """Return the word."""
        text = read_text(node, f"a {self.what}", report)
        return text if text is None or text in self.words else self.unknown(text, node, report)

    def unknown(self, text: str, node: Node, report: Report) -> str | None:
        """Report a word that is not known."""
        report.error(node.mark, self.code, f"`{cut(text)}` is no {self.what}{did_you_mean(text, self.words, report)}")
        return None

    def schema(self) -> dict[str, Any]:
        """Return an enumeration."""
        return chosen(self.words)


@dataclass(frozen=True)
class Number(Shape[float]):
    """A number from `low` to `high`, written in plain decimal digits."""

    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    above_low: bool = False

    def read(self, node: Node, report: Report) -> float | None:
        """Return the number."""
        value = self._plain(node, report)
        if value is None:
            return None
        if not self.low <= value <= self.high or (self.above_low and value == self.low):
            report.error(node.mark, "number_range", f"{node_text(node)} is outside its range; {self._range(value)}.")
            return None
        if self.whole and not value.is_integer():
            report.error(node.mark, "number_format", f"{node_text(node)} is a count; write a whole number.")
            return None
        return value

    def _plain(self, node: Node, report: Report) -> float | None:
        if not isinstance(node, Scalar) or node.reads_as == "nothing":
            wrong_type(node, "a number", report)
            return None
        if BELOW_ZERO.fullmatch(node.text) and not node.quoted and float(node.text) < 0:
            return float(node.text)
        if not node.text or not PLAIN_NUMBER.fullmatch(node.text):
            meant = number_meant(node.text, self.high == 1.0)
            example = f"a plain decimal number, for example {'2' if self.whole else '0.05'}"
            code = "yaml_trap" if node.reads_as != "text" else "number_format"
            report.error(node.mark, code, f"`{cut(node.text)}` is not read as you mean it; write {meant or example}.")
            return None
        if node.quoted:
            report.error(node.mark, "number_format", f'"{node.text}" is a text; write {node.text} without quotes.')
            return None
        return float(node.text)

    def _range(self, value: float) -> str:
        least = "above" if self.above_low else "from"
        if self.high == 1.0 and 1 < value <= 100:
            return f"shares and scores go {least} {self.low:g} to 1: for {value:g} % write {value / 100:g}"
        return f"write a number {least} {self.low:g} to {self.high:.10g}"

    def schema(self) -> dict[str, Any]:
        """Return a number with its bounds."""
        least = "exclusiveMinimum" if self.above_low else "minimum"
        return {"type": "integer" if self.whole else "number", least: self.low, "maximum": self.high}


@dataclass(frozen=True)
class Day(Shape[date]):
    """A calendar day, YYYY-MM-DD, quoted or not."""

    def read(self, node: Node, report: Report) -> date | None:
        """Return the day."""
        if not isinstance(node, Scalar) or node.reads_as == "nothing":
            wrong_type(node, "a date such as 2026-11-01", report)
            return None
        try:
            if ISO_DATE.fullmatch(node.text):
                return date.fromisoformat(node.text)
        except ValueError:
            report.error(node.mark, "date_format", f"`{node.text}` is no day of the calendar; write YYYY-MM-DD.")
            return None
        meant = day_meant(node.text)
        advice = f"did you mean {meant}?" if meant else "write YYYY-MM-DD, for example 2026-11-01."
        report.error(node.mark, "date_format", f"`{cut(node.text)}` is no date in the form YYYY-MM-DD; {advice}")
        return None

    def schema(self) -> dict[str, Any]:
        """Return a string of the date's form."""
        return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def _trapped(node: Scalar) -> bool:
    return not node.quoted and node.reads_as not in ("text", "nothing")


def read_text(node: Node, wanted: str, report: Report) -> str | None:
    """Return a text, or None after reporting that YAML reads something else."""
    if not isinstance(node, Scalar) or (node.reads_as == "nothing" and not node.quoted):
        wrong_type(node, wanted, report)
        return None
    if node.reads_as != "text":
        quoted = f'"{node.text}"'
        message = f"YAML reads `{node.text}` as a {node.reads_as}{_meaning(node)}; write {quoted} in quotes."
        report.error(node.mark, "yaml_trap", message)
        return None
    if not node.quoted and DIGITS.fullmatch(node.text):
        message = f'`{node.text}` looks like a number, and other programs read it so; write "{node.text}" in quotes.'
        report.error(node.mark, "yaml_trap", message)
        return None
    return node.text


def _meaning(node: Scalar) -> str:
    text = node.text.replace("_", "")
    if node.reads_as == "truth value":
        return f" ({'true' if text.lower() in {'yes', 'on', 'true', 'y'} else 'false'})"
    if node.reads_as == "whole number" and re.fullmatch(r"0[0-7]+", text):
        return f" to base 8 ({int(text, 8)})"
    if node.reads_as == "whole number" and ":" in text:
        return " to base 60, as minutes and seconds"
    if node.reads_as == "number" and text.endswith("0") and "." in text:
        return f" and drops its last zero ({float(text):g})" if ":" not in text else ""
    return ""
