"""A file's bytes as text, places in it, and what a YAML parser complains about in words that authors understand."""

from __future__ import annotations

import yaml

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


def error_mark(error: yaml.MarkedYAMLError, text: str, file: str) -> Mark:
    """Return where PyYAML stopped."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Mark(1, 1, "", file)
    return Mark(mark.line + 1, mark.column + 1, rest_of_line(text, mark.index), file)


def rest_of_line(text: str, start: int) -> str:
    """Return what stands from a place to the end of its line, MAX_EXCERPT characters at most."""
    rest = text[start : start + MAX_EXCERPT]
    return rest.splitlines()[0].rstrip() if rest.strip() else ""


def syntax_message(error: yaml.MarkedYAMLError) -> str:
    """Return what is wrong and what to do, in words of the author's instead of the parser's."""
    problem = error.problem or error.context or "not YAML"
    if "mapping values are not allowed" in problem:
        return "A colon inside a text, or a line set in too far: put the text in quotes or mend the indentation."
    if "cannot start any token" in problem and "\\t" in problem:
        return "A tab stands here; YAML is indented with spaces only."
    if "could not find expected ':'" in problem:
        return "A name without a colon: write `name: value`, with a space after the colon."
    if "expected <block end>" in problem or "expected ',' or" in problem:
        return f"The file's structure breaks here ({problem}); check indentation, brackets and quotes just above."
    return f"Not readable as YAML here ({problem}); check indentation, brackets and quotes."
