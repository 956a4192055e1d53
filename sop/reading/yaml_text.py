"""A file's bytes as text, and places in it."""

from __future__ import annotations

from sop.findings import POLICY, Mark, Report

MAX_EXCERPT = 200
"""Characters of the text at a place that a finding repeats."""


def decoded(data: bytes, report: Report, file: str = POLICY) -> str | None:
    """Return a file's text without its byte order mark, or None after reporting that it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        mark = Mark(
            before.count(b"\n") + 1, error.start - before.rfind(b"\n"), repr(data[error.start : error.end]), file
        )
        report.error(mark, "yaml_encoding", "Not UTF-8 here; save the file as UTF-8.")
    return None


def rest_of_line(text: str, start: int) -> str:
    """Return what stands from a place to the end of its line, MAX_EXCERPT characters at most."""
    rest = text[start : start + MAX_EXCERPT]
    return rest.splitlines()[0].rstrip() if rest.strip() else ""
