"""Who approved, activated, rolled back or stopped what, when and why: one JSON object a line, each line chained.

Every line carries the SHA-256 of the line before, so that a line which is changed, taken out or put in later breaks the
chain. A line counts from the moment it is whole on disk; one that was cut off by a power cut never counted.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from features.errors import CheckFailed, InputError, Problem, UsageError
from models.folder_write import sync_folder

FOLDER = "sop"
HISTORY = "history.ndjson"
LOCK = ".lock"
FIRST = "0" * 64
"""What stands for the line before the first."""

Action = Literal[
    "approve", "activate", "rollback", "withdraw", "stop", "resume", "shadow_start", "shadow_stop"
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)
SHADOW_ACTIONS = frozenset({"shadow_start", "shadow_stop"})
"""Lines about a candidate in shadow, of which officers do not hear."""


@dataclass(frozen=True, slots=True)
class VersionRef:
    """A version of the procedure: the digest decides, name and version are for people."""

    digest: str
    name: str
    version: str

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    @property
    def short(self) -> str:
        """The first twelve digits of the digest, enough to tell versions apart."""
        return self.digest[:12]


@dataclass(frozen=True, slots=True)
class By:
    """Whose key gave an order; `name` may be empty."""

    key_id: str
    name: str
    role: str

    @property
    def words(self) -> str:
        """The person, as a history names them."""
        return f"{self.name or 'key'} ({self.role}, key {self.key_id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the history.

    Attributes:
        at: When it was recorded, RFC 3339 in UTC; never before the line before.
        action: What was done.
        by: Whose key gave the order.
        account: The account that ran the process.
        reason: Why.
        version: What was approved, activated, gone back to, withdrawn or put in shadow; None for the stop switch.
        before: Of an activation or a rollback: what was in force when it was ordered.
        effective: Of an activation: from when it is in force, RFC 3339 in UTC; None: at once.
        withdraws: Of a withdrawal: the line that no longer counts.
        examined: Of an approval: what `sop check` and `sop test` said.
        shadow: Of a shadow: folders of the models that run beside, `{"risk_model": ..., "xray_model": ...}`.
        seq: 1 for the first line; `append` sets it.
        previous: SHA-256 of the line before; `append` sets it.
    """

    seq: int = 0
    at: str
    action: Action
    by: By
    account: str
    reason: str
    version: VersionRef | None = None
    before: VersionRef | None = None
    effective: str | None = None
    withdraws: int | None = None
    examined: dict[str, Any] | None = None
    shadow: dict[str, str | None] | None = None
    previous: str = FIRST

    @property
    def recorded(self) -> datetime:
        """The moment it was recorded."""
        return datetime.fromisoformat(self.at)

    @property
    def starts(self) -> datetime:
        """The moment from which it counts."""
        return datetime.fromisoformat(self.effective or self.at)

    @property
    def reference(self) -> VersionRef:
        """The version, where the action has one."""
        if self.version is None:
            raise ValueError(f"{self.action} is about no version")
        return self.version


def folder_of(home: Path) -> Path:
    """Return the folder of a home that holds versions and history."""
    return home / FOLDER


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
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); nothing was changed.") from error
    return chained


def events(home: Path) -> tuple[Event, ...]:
    """Return all lines, oldest first.

    Raises:
        InputError: The file cannot be read.
        CheckFailed: A line is not as it was written; each is named.
    """
    path = folder_of(home) / HISTORY
    found, problems = parse(_bytes(path))
    if problems:
        raise CheckFailed(f"{path}: was changed after it was written; restore it from a backup.", problems)
    return found


def parse(data: bytes) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """Return the lines of a history, and every line that breaks the chain."""
    found: list[Event] = []
    problems: list[Problem] = []
    before = FIRST
    for number, line in enumerate(_whole_lines(data), 1):
        event = _event(line)
        if event is None:
            problems.append(_problem(number, "Is not a line of this history."))
        elif (event.seq, event.previous) != (number, before):
            problems.append(_problem(number, "Does not follow the line before: a line was changed, added or removed."))
        found += [event] if event else []
        before = _sha256(line)
    return tuple(found), tuple(problems)


def head(home: Path) -> str:
    """Return the SHA-256 of the newest line: kept elsewhere, it shows whether newest lines were cut off."""
    return _hash_of_last(_whole_lines(_bytes(folder_of(home) / HISTORY)))


def history_state(home: Path) -> tuple[int, int, int] | None:
    """Return what changes with the file; costs one look at it."""
    try:
        state = os.stat(folder_of(home) / HISTORY)
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_size, state.st_ino)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error


def _line(event: Event) -> bytes:
    return json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _whole_lines(data: bytes) -> list[bytes]:
    return data[: data.rfind(b"\n") + 1].splitlines()


def _hash_of_last(lines: Sequence[bytes]) -> str:
    return _sha256(lines[-1]) if lines else FIRST


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _event(line: bytes) -> Event | None:
    try:
        raw = json.loads(line)
        versions = {name: VersionRef(**raw[name]) if raw[name] else None for name in ("version", "before")}
        event = Event(**{**raw, **versions, "by": By(**raw["by"])})
    except (ValueError, TypeError, KeyError):
        return None
    return event if event.action in ACTIONS else None


def _problem(number: int, text: str) -> Problem:
    return Problem(f"{HISTORY}:{number}", "history_changed", text)
