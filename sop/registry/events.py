"""What a line of the history says: who approved, activated, rolled back or stopped what, when and why.

`sop.registry.chain` writes and reads the lines.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

FOLDER = "sop"
HISTORY = "history.ndjson"
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


def history_state(home: Path) -> tuple[int, int, int] | None:
    """Return what changes with the file; costs one look at it."""
    try:
        state = os.stat(folder_of(home) / HISTORY)
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_size, state.st_ino)
