"""`sop replay`: makes stored decisions again and compares them with those on record."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import click

from cli.db_store import store_of_this_version
from cli.period import MOMENT
from cli.progress import bar
from features.errors import CheckFailed, Problem, UsageError
from features.version import __version__
from service.replay import Asked, Replayed, Replayer
from service.settings import Settings
from service.store.engine import snapshot

SHOWN = 30
"""Differences listed on the terminal; --json has all."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--since",
    type=MOMENT,
    help="From this moment on: 2026-11-20 (00:00 UTC), 2026-11-20T08:00Z, or 7d for so long ago.",
)
@click.option("--until", type=MOMENT, help="Before this moment.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every parcel that differs.")
def replay(ids: tuple[str, ...], since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Decide stored parcels again, with the version of the procedure, the draws and the cuts of then.

    ID is a screening or an item number; without one, all screenings of the period are replayed. Every field must come
    out as it stands on record: lane, outcome, rule, reason and all others. A reason that another release of the product
    put in other words is counted, and is no error. Nothing is changed.

    Exit code 0 when all are the same, 1 when one differs or its version is gone. Screenings made before what they
    rested on was kept are counted, and are an error only where they are named.
    """
    if ids and (since or until):
        raise UsageError("Name screenings, or a period, not both.")
    settings = Settings.from_environment(os.environ)
    with store_of_this_version() as store, snapshot(store.engine) as connection:
        tally = _counted(Replayer(connection, settings.home).run(Asked(ids, since, until)), ids)
    tally.check_found()
    problems = [problem for one in tally.others for problem in _problems(one, bool(ids))]
    wrong = len({problem.path for problem in problems})
    if not ids:
        problems = _grouped(problems)
    if as_json:
        click.echo(json.dumps(tally.as_json(), indent=2, ensure_ascii=False))
    else:
        tally.tell()
    if problems:
        left = len(problems) - SHOWN
        more = [Problem("", "more", f"and {left} more; --json lists them all.")] if left > 0 else []
        text = f"{wrong} of {tally.total} screenings do not come out as they stand on record."
        raise CheckFailed(text, () if as_json else [*problems[:SHOWN], *more])


@dataclass(slots=True)
class _Tally:
    """Screenings that came out the same, counted by version, and all others; `unknown`: named, and not met yet."""

    total: int = 0
    reworded: list[Replayed] = field(default_factory=list)
    same: Counter[tuple[str, str]] = field(default_factory=Counter)
    others: list[Replayed] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    def add(self, one: Replayed) -> None:
        self.total += 1
        self.unknown -= {one.screening_id, one.item_id}
        if one.reworded and not one.differences:
            self.reworded.append(one)
        elif one.hindrance is None and not one.differences:
            self.same[(one.version, one.digest or "")] += 1
        else:
            self.others.append(one)

    def check_found(self) -> None:
        if self.unknown:
            text = "No screening and no item has this number."
            problems = [Problem(name, "screening_not_found", text) for name in sorted(self.unknown)]
            raise CheckFailed("Not everything that was named is on record.", problems)

    def tell(self) -> None:
        same = sum(self.same.values())
        click.echo(f"{same:,} of {self.total:,} screenings come out exactly as they stand on record.")
        for (version, digest), count in sorted(self.same.items()):
            click.echo(f"  {count:>9,}  {version}  " + click.style(f"SHA-256 {digest[:12]}", dim=True))
        for service, count in Counter(one.service for one in self.reworded).items():
            click.echo(f"  {count:>9,}  decided the same, in the words of release {service}; this is {__version__}")
        for hindrance, count in Counter(one.hindrance for one in self.others if one.hindrance).items():
            click.echo(f"  {count:>9,}  not decided again: {hindrance}")

    def as_json(self) -> dict[str, Any]:
        return {
            "screenings": self.total,
            "same": sum(self.same.values()),
            "reworded": [asdict(one) for one in self.reworded],
            "differ": [asdict(one) for one in self.others if one.differences],
            "not_replayed": [asdict(one) for one in self.others if one.hindrance is not None],
        }


def _counted(found: Iterable[Replayed], ids: Sequence[str]) -> _Tally:
    tally = _Tally(unknown=set(ids))
    with bar("screenings decided again") as update:
        for one in found:
            tally.add(one)
            update(tally.total)
    return tally


def _problems(one: Replayed, named: bool) -> list[Problem]:
    place = f"screening {one.screening_id}"
    if one.hindrance is not None:
        # What was never kept is no fault of the record, unless somebody asked for just this screening.
        return [Problem(place, "not_replayable", one.hindrance)] if named or one.digest is not None else []
    texts = (f"{each.field} was {_shown(each.stored)}, and is {_shown(each.again)} now." for each in one.differences)
    # Another release may word a reason otherwise, or judge by rules of its own.
    hint = "" if one.service == __version__ else f" Release {one.service} decided then; this is {__version__}."
    return [Problem(place, "decision_differs", text + hint) for text in texts]


def _grouped(problems: list[Problem]) -> list[Problem]:
    """Say once, with its count, what keeps many screenings from being decided again."""
    counts = Counter(one.message for one in problems if one.code == "not_replayable")
    gone = [Problem(f"{count:,} screenings", "not_replayable", message) for message, count in counts.items()]
    return [*gone, *(one for one in problems if one.code != "not_replayable")]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
