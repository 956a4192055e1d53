"""What `sop simulate` is given: periods, shares and capacities as people write them, and the screenings to replay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.errors import InputError, UsageError
from service.composition import selection_secret
from service.evidence_rebuilt import rebuilder
from service.settings import Settings
from service.store.engine import snapshot
from service.store.errors import unavailable_when_failing
from service.store.evidence import Tally, tables
from service.store.store import existing_store
from service.watchlists import load_watchlists
from sop.bulk.columns import read_parquet
from sop.package import Package
from sop.reading.packages import load_package
from sop.simulation.day import standing_on
from sop.simulation.past import EXTRA
from sop.simulation.thresholds import Wanted, Wish
from sop.types import LANES, Lane

AGO = re.compile(r"(\d{1,5})([dhw])")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
SHARE = re.compile(r"([a-z]+)=(\d+(?:\.\d+)?)(%?)")
CAPACITY = re.compile(r"([a-z]+)=(\d+)/day")


@dataclass(frozen=True, slots=True)
class Screenings:
    """The screenings to replay: columns of `sop.bulk.columns.SCHEMA` and of `sop.simulation.past.EXTRA`."""

    table: pa.Table
    source: str
    left_out: Mapping[str, int] = field(default_factory=dict)


def moment(text: str | None, option: str, time_zone: str, now: datetime) -> datetime | None:
    """Return a moment: `7d`, `12h`, `4w` ago, a day in a time zone, or a date and time.

    Raises:
        UsageError: It is none of them.
    """
    if text is None:
        return None
    if ago := AGO.fullmatch(text):
        return now - int(ago[1]) * UNITS[ago[2]]
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: write 7d, 12h, 4w, 2026-11-01 or 2026-11-01T08:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone))


def candidate(path: Path, as_of: str | None) -> Package:
    """Read the candidate, as it stands on a day where one is named.

    Raises:
        InputError: A file of it cannot be read or is not valid.
        UsageError: The day is none.
    """
    package = load_package(path)
    if as_of is None:
        return package
    try:
        return standing_on(package, date.fromisoformat(as_of))
    except ValueError as error:
        raise UsageError(f"--as-of {as_of}: write a day, for example 2026-12-01.") from error


def wanted(at_most: Sequence[str], at_least: Sequence[str]) -> tuple[Wanted, ...]:
    """Return the shares that thresholds should meet, from `examine=0.02` or `examine=2%`.

    Raises:
        UsageError: One of them is not a lane and a share.
    """
    pairs: list[tuple[Wish, str]] = [("at_most", one) for one in at_most] + [("at_least", one) for one in at_least]
    return tuple(_wanted(wish, text) for wish, text in pairs)


def capacities(texts: Sequence[str]) -> dict[Lane, int]:
    """Return how many screenings a day a lane can work off, from `examine=300/day`.

    Raises:
        UsageError: One of them is not a lane and a number.
    """
    found = {}
    for text in texts:
        match = CAPACITY.fullmatch(text)
        if match is None:
            raise UsageError(f"--capacity {text}: write a lane and a number, for example examine=300/day.")
        found[_lane(match[1], f"--capacity {text}")] = int(match[2])
    return found


def from_file(path: Path, since: datetime | None, until: datetime | None) -> Screenings:
    """Read the screenings of a period from a Parquet file.

    Raises:
        InputError: The file cannot be read or is no stored evidence.
    """
    try:
        names = set(pq.read_schema(path).names)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path}: cannot be read as Parquet ({error}).") from error
    table = read_parquet(path, [name for name in EXTRA if name in names])
    return Screenings(_within(table, since, until), path.name)


def from_store(settings: Settings, since: datetime | None, until: datetime | None) -> Screenings:
    """Read the screenings of a period from the store, those without evidence rebuilt.

    Raises:
        InputError: There is no store, or what it holds cannot be read.
        StoreUnavailable: The database cannot be reached.
    """
    store = existing_store(settings)
    if store is None:
        raise InputError(f"{settings.home}: no screening is stored here; name a home, or a file with --parquet.")
    tally = Tally()
    try:
        with unavailable_when_failing(), snapshot(store.engine) as connection:
            rebuild = rebuilder(connection, selection_secret(settings.home), load_watchlists(settings.home))
            parts = list(tables(connection, since, until, rebuild=rebuild, tally=tally))
    finally:
        store.close()
    table = pa.concat_tables(parts) if parts else pa.table({"item_id": pa.array([], pa.string())})
    return Screenings(table, "from the store", dict(tally.left_out))


def secret_of(settings: Settings) -> bytes:
    """Return the home's secret of the random selection; without a home, none, and nothing is made."""
    return selection_secret(settings.home) if settings.home.is_dir() else b""


def _within(table: pa.Table, since: datetime | None, until: datetime | None) -> pa.Table:
    at = table.column("at")
    if since is not None:
        table = table.filter(pc.greater_equal(at, pa.scalar(since.astimezone(UTC), at.type)))
        at = table.column("at")
    return table if until is None else table.filter(pc.less(at, pa.scalar(until.astimezone(UTC), at.type)))


def _wanted(wish: Wish, text: str) -> Wanted:
    option = f"--{wish.replace('_', '-')} {text}"
    match = SHARE.fullmatch(text)
    share = float(match[2]) / (100 if match[3] else 1) if match else 2.0
    if match is None or share > 1:
        raise UsageError(f"{option}: write a lane and a share, for example examine=0.02 or examine=2%.")
    return Wanted(_lane(match[1], option), wish, share)


def _lane(text: str, option: str) -> Lane:
    for lane in LANES:
        if lane == text:
            return lane
    raise UsageError(f"{option}: {text} is no lane; lanes are {', '.join(get_args(Lane))}.")
