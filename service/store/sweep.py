"""Puts away what ended processes left behind: pictures no record names, half-written files, rows nobody completes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import and_, delete, func, select, tuple_, update

from service.store.errors import unavailable_when_failing
from service.store.store import Store
from service.store.tables import access, idempotency, picture, shadow

CHUNK = 100
"""Pictures looked at while nobody may add one."""
ROWS = 2_000
LEFT_BEHIND = timedelta(hours=1)
"""No request and no candidate takes so long: whatever is older was left by a process that ended."""
KEYS_LAST = timedelta(days=30)
"""How long an idempotency key gives its answer again."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Swept:
    """What was put away: pictures, half-written files, candidates' rows that were waiting, old idempotency keys.

    `kept` counts what was kept for replays alone, which `service.kept_sweep` lets go.
    """

    pictures: int = 0
    scratch: int = 0
    waiting: int = 0
    idempotency_keys: int = 0
    kept: int = 0


def sweep(store: Store, at: datetime) -> Swept:
    """Put away what was left behind; safe at any time beside a running service.

    Raises:
        StoreUnavailable: The store or the pictures cannot be used; what was put away until then stays so.
    """
    return Swept(
        pictures=remove_unneeded(store, _hashes(store.pictures.root)),
        scratch=store.pictures.clear_scratch(at - LEFT_BEHIND)
        + _remove_old_scratch(store.pictures.root, at - LEFT_BEHIND),
        waiting=_give_up_waiting(store, at - LEFT_BEHIND),
        idempotency_keys=_forget_keys(store, at - KEYS_LAST),
    )


def forget_accesses(store: Store, before: datetime) -> int:
    """Delete the access log before a moment, in batches, and return how many lines; orders of the procedure stay.

    Those are how `service.order_notes` misses lines that were cut off the procedure's history.
    """
    old, count = and_(access.c.at < before, access.c.action != "sop.order"), 0
    while True:
        with store.writing() as connection:
            some = select(access.c.id).where(old).order_by(access.c.id).limit(ROWS)
            done = connection.execute(delete(access).where(access.c.id.in_(some))).rowcount
        count += done
        if done < ROWS:
            return count


def orphans(store: Store) -> int:
    """Return how many pictures no record names; pictures of records that are just being written are among them."""
    found, names = 0, _hashes(store.pictures.root)
    while chunk := list(islice(names, CHUNK)):
        found += len(_unnamed(store, chunk))
    return found


def remove_unneeded(store: Store, hashes: Iterable[str]) -> int:
    """Remove those of some pictures that no record names, and return how many."""
    removed, rest = 0, iter(hashes)
    while chunk := list(islice(rest, CHUNK)):
        # Looked at first without the lock: most pictures of a folder are needed, and nobody has to wait for them.
        if not _unnamed(store, chunk) or not store.pictures.root.is_dir():
            continue
        with store.pictures.removing():
            for sha256 in _unnamed(store, chunk):
                removed += store.pictures.remove(sha256)
    return removed


def _unnamed(store: Store, hashes: Sequence[str]) -> list[str]:
    with store.reading() as connection:
        named = set(connection.execute(select(picture.c.sha256).where(picture.c.sha256.in_(hashes))).scalars())
    return [one for one in hashes if one not in named]


def _hashes(root: Path) -> Iterator[str]:
    with unavailable_when_failing():
        for folder in sorted(root.glob("??/??")):
            yield from (path.name for path in sorted(folder.iterdir()) if _SHA256.fullmatch(path.name))


def _remove_old_scratch(root: Path, before: datetime) -> int:
    """Remove half-written files where releases up to 0.2 had them: beside the pictures."""
    count = 0
    with unavailable_when_failing():
        for path in root.glob("??/??/.incoming-*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                count += 1
    return count


def _give_up_waiting(store: Store, before: datetime) -> int:
    left = and_(shadow.c.state == "waiting", shadow.c.at < before)
    with store.reading() as connection:
        count = int(connection.execute(select(func.count()).select_from(shadow).where(left)).scalar_one())
    if count:
        with store.writing() as connection:
            count = connection.execute(update(shadow).where(left).values(state="dropped")).rowcount
    return count


def _forget_keys(store: Store, before: datetime) -> int:
    name, count = tuple_(idempotency.c.key_id, idempotency.c.idempotency_key), 0
    while True:
        with store.reading() as connection:
            columns = (idempotency.c.key_id, idempotency.c.idempotency_key)
            old = connection.execute(select(*columns).where(idempotency.c.created_at < before).limit(ROWS)).all()
        if not old:
            return count
        with store.writing() as connection:
            count += connection.execute(delete(idempotency).where(name.in_([tuple(row) for row in old]))).rowcount
