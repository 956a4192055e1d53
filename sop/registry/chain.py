"""The file of the history: one JSON object a line, each line chained to the one before.

Every line carries its own SHA-256 and that of the line before, so that a line which is changed, taken out or put in
later breaks the chain. A line counts from the moment it is whole on disk; one that was cut off by a power cut never
counted.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from features.errors import CheckFailed, InputError, Problem, UsageError
from models.folder_write import sync_folder
from sop.registry.events import ACTIONS, FIRST, HISTORY, By, Event, VersionRef, folder_of

LOCK = ".lock"
BEGUN = ".begun"
"""A file that says a line was once written: a history that is gone must not pass for one that never began."""
SEAL = len(b',"sha256":""}') + 64
"""Bytes of a line's own SHA-256, at its end."""


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Hold the registry: whoever wants to change it at the same time waits.

    Raises:
        UsageError: The home cannot be written.
    """
    folder = folder_of(home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a")
    except OSError as error:
        raise UsageError(f"{folder}: the history of the procedure cannot be written ({error.strerror}).") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)  # released when the file closes, even where the process is killed
        yield


def append(home: Path, event: Event) -> Event:
    """Write a line at the end of the chain, have it on disk before returning, and return it with its number.

    Call it under `locked`.

    Raises:
        InputError: It cannot be written.
    """
    path = folder_of(home) / HISTORY
    try:
        with path.open("ab+") as file:
            lines = _whole_lines(data := path.read_bytes())
            chained = replace(event, seq=len(lines) + 1, previous=_hash_of_last(lines))
            file.truncate(data.rfind(b"\n") + 1)
            file.write(_line(chained) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        (path.parent / BEGUN).touch()
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); nothing was changed.") from error
    return chained


def events(home: Path) -> tuple[Event, ...]:
    """Return all lines, oldest first.

    Raises:
        InputError: The file cannot be read.
        CheckFailed: A line is not as it was written; each is named. Or the file is gone.
    """
    path = folder_of(home) / HISTORY
    found, problems = parse(_bytes(path))
    if problems:
        raise CheckFailed(f"{path}: was changed after it was written; restore it from a backup.", problems)
    if not found and (path.parent / BEGUN).exists():
        raise CheckFailed(f"{path}: is gone, though orders were written to it; restore it from a backup.")
    return found


def parse(data: bytes) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """Return the lines of a history, and every line that breaks the chain."""
    found: list[Event] = []
    problems: list[Problem] = []
    before = FIRST
    for number, line in enumerate(_whole_lines(data), 1):
        event = _event(line)
        if event is None:
            problems.append(_problem(number, "Is not as it was written: its SHA-256 is another."))
        elif (event.seq, event.previous) != (number, before):
            problems.append(_problem(number, "Does not follow the line before: a line was added, removed or moved."))
        found += [event] if event else []
        before = _sha256(line)
    return tuple(found), tuple(problems)


def hash_of(event: Event) -> str:
    """Return the SHA-256 of an order's line, by which the next line follows it."""
    return _sha256(_line(event))


def head(home: Path) -> str:
    """Return the SHA-256 of the newest line: kept elsewhere, it shows whether newest lines were cut off."""
    return _hash_of_last(_whole_lines(_bytes(folder_of(home) / HISTORY)))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error


def _line(event: Event) -> bytes:
    body = json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return _sealed(body)


def _sealed(body: bytes) -> bytes:
    """Return a JSON object with the SHA-256 of its bytes as its last field."""
    return b'%s,"sha256":"%s"}' % (body[:-1], _sha256(body).encode("ascii"))


def _unsealed(line: bytes) -> bytes | None:
    """Return the object without its SHA-256; None where that is not its own."""
    body = line[:-SEAL] + b"}"
    return body if _sealed(body) == line else None


def _whole_lines(data: bytes) -> list[bytes]:
    return data[: data.rfind(b"\n") + 1].splitlines()


def _hash_of_last(lines: Sequence[bytes]) -> str:
    return _sha256(lines[-1]) if lines else FIRST


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _event(line: bytes) -> Event | None:
    body = _unsealed(line)
    if body is None:
        return None
    try:
        raw = json.loads(body)
        versions = {name: VersionRef(**raw[name]) if raw[name] else None for name in ("version", "before")}
        event = Event(**{**raw, **versions, "by": By(**raw["by"])})
    except (ValueError, TypeError, KeyError):
        return None
    return event if event.action in ACTIONS else None


def _problem(number: int, text: str) -> Problem:
    return Problem(f"{HISTORY}:{number}", "history_changed", text)
