"""Who changed the model in use, when, from what to what, why, and by which figures: one JSON object a line.

A line is on disk before the link moves. Whether the move then happened is told by what came after: the next line of the
same kind says what was in use by then, and for the last line the link itself does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from features.errors import InputError
from models.card import Kind
from models.folder_write import sync_folder
from models.places import PROMOTED
from models.registry import Standing

HISTORY = "history.ndjson"
Action = Literal["promote", "rollback", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of the model in use, or a promotion that was refused.

    Attributes:
        at: RFC 3339, UTC.
        action: What was asked for, or `refused`.
        kind: Of the model.
        before, after: What was in use, and what was to be.
        user: Name of the account that ran the command.
        by: Who gave the order, where it was said.
        reason: Why, where it was said.
        forced: Whether the judgement was overridden.
        judgement: What was compared and found; None for a rollback.
        signed_by: Name of the trusted key that signed `after`; None where none did.
    """

    at: str
    action: Action
    kind: Kind
    before: Standing
    after: Standing
    user: str
    by: str | None = None
    reason: str | None = None
    forced: bool = False
    judgement: dict[str, Any] | None = None
    signed_by: str | None = None


def append(home: Path, event: Event) -> None:
    """Write a line and have it on disk before returning. Call it under `models.registry.locked`.

    Raises:
        InputError: It cannot be written.
    """
    path = home / PROMOTED / HISTORY
    line = json.dumps(asdict(event), ensure_ascii=False, separators=(",", ":")) + "\n"
    try:
        with path.open("ab+") as file:
            file.write(_end_of_torn_line(path) + line.encode())
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); nothing was changed.") from error


def events(home: Path) -> list[Event]:
    """Return all lines, oldest first; a line that was cut off by a power cut is left out.

    Raises:
        InputError: A line that is whole cannot be read.
    """
    path = home / PROMOTED / HISTORY
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    lines = data.splitlines()
    return [event for number, line in enumerate(lines, 1) if (event := _event(path, number, line)) is not None]


def happened(history: Sequence[Event], kind: Kind, now: Standing) -> list[Event]:
    """Return the promotions and rollbacks of a kind that really took place, oldest first."""
    asked = [one for one in history if one.kind == kind and one.action != "refused"]
    followed = [*(one.before for one in asked), now][1:]
    # Where neither is in use, somebody moved the link by hand after the change.
    return [
        one for one, then in zip(asked, followed, strict=True) if _same(one.after, then) or not _same(one.before, then)
    ]


def previous(history: Sequence[Event], kind: Kind, now: Standing) -> Standing | None:
    """Return what `rollback` goes back to; None where nothing came before.

    Promotions stack up and rollbacks take away, so that a second rollback goes one further back and not forth again.
    """
    stack: list[Standing] = []
    for one in happened(history, kind, now):
        stack = _down_to(stack, one.before) if one.action == "promote" else stack
        stack = [*stack, one.after] if one.action == "promote" else _down_to(stack, one.after)
    if not stack:
        return None
    if _same(stack[-1], now):
        return stack[-2] if len(stack) > 1 else None
    return stack[-1]  # somebody moved the link by hand


def _down_to(stack: list[Standing], wanted: Standing) -> list[Standing]:
    for place in range(len(stack), 0, -1):
        if _same(stack[place - 1], wanted):
            return stack[:place]
    return [*stack, wanted]


def _same(one: Standing, other: Standing) -> bool:
    # Which bundle is the shipped one changes with the installation.
    return one.shipped == other.shipped and (one.shipped or one.title == other.title)


def _event(path: Path, number: int, line: bytes) -> Event | None:
    try:
        raw = json.loads(line)
    except ValueError:
        return None  # a torn line: the power went while it was written, and so before the link moved
    try:
        return Event(**{**raw, "before": Standing(**raw["before"]), "after": Standing(**raw["after"])})
    except (TypeError, KeyError) as error:
        raise InputError(f"{path}:{number}: not a line of this history ({error}).") from error


def _end_of_torn_line(path: Path) -> bytes:
    data = path.read_bytes()
    return b"" if not data or data.endswith(b"\n") else b"\n"
