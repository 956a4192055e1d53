"""Logs for machines (one JSON object a line) or for people, without personal data.

What a line may hold is listed in FIELDS: identifiers of requests, keys and screenings, never names, addresses, item
numbers or the text of a manifest.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Literal

FIELDS = (
    "request_id", "method", "route", "status", "ms", "key_id", "screening_id", "lane", "degraded", "lines", "cause",
    "refused", "stages_ms",
)  # fmt: skip
Format = Literal["json", "text"]
NOISY = ("alembic",)
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["traceback"] = frames(record)
        return _ENCODER.encode(line)


class Readable(logging.Formatter):
    """One line for people, the fields behind the message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(sep=" ", timespec="milliseconds")
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        line = f"{at[:-6]}Z {record.levelname:<7} {record.getMessage()}  {fields}".rstrip()
        return f"{line}\n{frames(record)}" if record.exc_info else line


def chosen_format(setting: str) -> Format:
    """Return the format that the setting means: `auto` is text on a terminal, JSON otherwise."""
    if setting == "auto":
        return "text" if sys.stderr.isatty() else "json"
    return "json" if setting == "json" else "text"


def logging_config(setting: str) -> dict[str, Any]:
    """Return the `logging.config` dictionary for every process of the service: all lines go to stderr."""
    formatter = {"json": JsonLines, "text": Readable}[chosen_format(setting)]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {name: {"level": "WARNING"} for name in NOISY},
    }


def frames(record: logging.LogRecord) -> str:
    """Return where an exception came from and its type, without its message: that may quote a manifest."""
    kind, _, trace = record.exc_info or (None, None, None)
    return "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    given = record.__dict__
    return {name: given[name] for name in FIELDS if given.get(name) is not None}
