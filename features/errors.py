"""Errors that are for the reader: shown without a traceback, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    Attributes:
        path: Where, as the reader would write it: `items[0].hs_code`, `policy.yaml:12:5`, `data.csv row 17`.
        code: A stable machine-readable word, documented in the README.
        message: What is wrong and what to do, one sentence.
    """

    path: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class ParcelScreeningError(Exception):
    """Base of every error a user can cause or mend.

    Args:
        message: One sentence that names the file or field, the cause, and what to do.
        problems: Every single problem found, so that none is discovered only after the last was mended.
    """

    exit_code = 1

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)


class CheckFailed(ParcelScreeningError):
    """The answer is no: a check, a test or a verification failed."""

    exit_code = 1


class UsageError(ParcelScreeningError):
    """The command or the settings are used wrongly."""

    exit_code = 2


class InputError(ParcelScreeningError):
    """A file or a field cannot be read as what it should be."""

    exit_code = 3
