"""Errors that are for the reader: shown without a traceback, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

MOST_PROBLEMS = 5_000
"""Problems that one refusal lists. Nobody mends more at once, and a document of a megabyte that is wrong in 300,000
places must not become an answer of forty."""
TOO_MANY_PROBLEMS = "too_many_problems"


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


def listed(problems: Iterable[Problem], count: int) -> list[Problem]:
    """Return the first MOST_PROBLEMS, and one more that says how many others there are.

    Args:
        problems: All of them, best made only as they are asked for.
        count: How many there are.
    """
    first = list(islice(problems, MOST_PROBLEMS))
    if count <= MOST_PROBLEMS:
        return first
    message = f"{count - MOST_PROBLEMS:,} more problems were found and are not listed; mend these first."
    return [*first, Problem("", TOO_MANY_PROBLEMS, message)]


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
