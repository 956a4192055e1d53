"""Everything that is to be said about a policy file: its errors, or, when it is valid, its warnings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sop.findings import Finding
from sop.lint import lint
from sop.loader import examine_policy, read_text
from sop.vocabulary import Vocabulary


def check_text(text: str, today: date, vocabulary: Vocabulary | None = None) -> tuple[Finding, ...]:
    """Return all findings about a policy's text, in the order of the file."""
    examined = examine_policy(text, vocabulary)
    if examined.policy is None or examined.tree is None:
        return examined.findings
    return tuple(sorted((*examined.findings, *lint(examined.policy, examined.tree, today))))


def check_file(path: Path, today: date) -> tuple[Finding, ...]:
    """Return all findings about a policy file.

    Raises:
        InputError: The file cannot be read at all.
    """
    return check_text(read_text(path), today)
