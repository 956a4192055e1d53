"""What it costs to tell whose key a request carries, beside the same look-up through SQLAlchemy.

    python benchmarks/key_lookup.py [postgresql://user@host/database]

Prints microseconds of this thread's processor time for one request, the median of nine alternating runs of 500, on
SQLite in a temporary folder and, where a URL of an EMPTY database is given, on PostgreSQL as well. What is compared
does the same: a read that sees a revocation at once, and a comparison of digests in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from service.auth import KeyRing, create_key
from service.rate_limits import Buckets, Rate
from service.settings import Settings
from service.store import keys
from service.store.store import open_store

RUNS, REQUESTS = 9, 500


def main(urls: list[str]) -> None:
    """Measure every store."""
    for url in ["", *urls]:
        with tempfile.TemporaryDirectory() as home:
            spent = measured(Settings(home=Path(home), database_url=url))
        print(f"{'postgresql' if url else 'sqlite'}: ", end="")
        print(", ".join(f"{name} {statistics.median(runs):.1f} us" for name, runs in spent.items()), end="; ")
        ratios = [one / other for one, other in zip(spent["sqlalchemy"], spent["key ring"], strict=True)]
        print(f"ratio {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})")


def measured(settings: Settings) -> dict[str, list[float]]:
    """Return microseconds by what was measured."""
    store = open_store(settings)
    store.upgrade()
    record, token = create_key(store, "station", "", datetime.now(UTC))
    ring, buckets, rate = KeyRing(store), Buckets(), Rate(1_000_000)
    ring.caller(token)
    digest = hashlib.sha256(token.encode()).digest()

    def sqlalchemy() -> None:
        with store.reading() as connection:
            found = keys.get(connection, record.id)
        if found is None or not hmac.compare_digest(digest, hashlib.sha256(token.encode()).digest()):
            raise RuntimeError("the key is not the one that was made")

    work: dict[str, Callable[[], object]] = {
        "sqlalchemy": sqlalchemy,
        "key ring": lambda: ring.caller(token),
        "rate limit": lambda: buckets.take(b"key", rate),
    }
    spent: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(RUNS):
        for name, call in work.items():
            spent[name].append(_each(call))
    ring.close()
    store.close()
    return spent


def _each(call: Callable[[], object]) -> float:
    start = time.thread_time()
    for _ in range(REQUESTS):
        call()
    return (time.thread_time() - start) / REQUESTS * 1e6


if __name__ == "__main__":
    main(sys.argv[1:])
