"""`db replay`: makes whole answers again from the store, models included, and compares them with what was sent."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import click

from cli.db_store import store_of_this_version
from cli.period import MOMENT
from cli.progress import bar
from features.errors import CheckFailed, Problem, UsageError
from features.version import __version__
from models.account import account
from service.replaying import Asked, Replayed, replay_answers
from service.settings import Settings
from service.store import access
from service.store.engine import snapshot
from service.store.store import Store

SHOWN = 30
"""Differences listed on the terminal; --json has all."""


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every screening.")
@click.option("--since", type=MOMENT, help="From this moment on: 2026-11-20 (00:00 UTC), 2026-11-20T08:00Z, or 7d.")
@click.option("--until", type=MOMENT, help="Before this moment.")
@click.option("--sample", type=click.IntRange(1), help="So many of them, drawn at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with every field that differs.")
def replay(
    ids: tuple[str, ...],
    everything: bool,
    since: datetime | None,
    until: datetime | None,
    sample: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Make stored answers again, with the models, lists, scanner profile and procedure of then.

    Manifest, pictures and what history said come from the store; the answer is compared byte for byte with the one that
    was sent. Nothing is changed.

    ID is a screening or an item number; else give --all, a period, or --sample. An answer of another release of the
    product is compared value by value. Warnings that tell how the service was then (a model not replaced, a scanner
    that drifts) are taken as they were.

    Exit code 0 when all are the same, 1 when one differs, or what it was made with is not kept.
    """
    asked = Asked(ids, since, until, sample, seed)
    if bool(ids) == bool(everything or since or until or sample):
        raise UsageError("Name screenings, or give --all, a period (--since, --until) or --sample.")
    with store_of_this_version() as store:
        _note(store, asked)
        with snapshot(store.engine) as connection:
            settings = Settings.from_environment(os.environ)
            tally = _counted(replay_answers(store, connection, settings, asked))
    if ids and not tally.total:
        raise CheckFailed("No screening and no item of these numbers is on record.")
    click.echo(json.dumps(tally.as_json(), indent=2, ensure_ascii=False)) if as_json else tally.tell()
    if wrong := tally.wrong:
        problems = [problem for one in wrong for problem in _problems(one)]
        left = len(problems) - SHOWN
        more = [Problem("", "more", f"and {left} more; --json lists them all.")] if left > 0 else []
        text = f"{len(wrong):,} of {tally.total:,} answers do not come out as they were sent."
        raise CheckFailed(text, () if as_json else [*problems[:SHOWN], *more])


@dataclass(slots=True)
class _Tally:
    total: int = 0
    identical: int = 0
    other_release: Counter[str] = field(default_factory=Counter)
    wrong: list[Replayed] = field(default_factory=list)

    def add(self, one: Replayed) -> None:
        self.total += 1
        self.identical += one.identical
        if not one.same:
            self.wrong.append(one)
        elif not one.identical:
            self.other_release[one.service] += 1

    def tell(self) -> None:
        click.echo(f"{self.identical:,} of {self.total:,} answers come out byte for byte as they were sent.")
        for release, count in sorted(self.other_release.items()):
            click.echo(f"  {count:>9,}  of release {release} come out with the same values; this is {__version__}")
        for hindrance, count in Counter(one.hindrance for one in self.wrong if one.hindrance).items():
            click.echo(f"  {count:>9,}  not made again: {hindrance}")

    def as_json(self) -> dict[str, Any]:
        return {
            "screenings": self.total,
            "identical": self.identical,
            "same_values_other_release": dict(self.other_release),
            "differ": [asdict(one) for one in self.wrong if one.differences],
            "not_replayed": [asdict(one) for one in self.wrong if one.hindrance is not None],
        }


def _counted(found: Iterable[Replayed]) -> _Tally:
    tally = _Tally()
    with bar("answers made again", every=1) as update:
        for one in found:
            tally.add(one)
            update(tally.total)
    return tally


def _note(store: Store, asked: Asked) -> None:
    """Note who made which answers again; several by one line, because nobody reads what stands in them."""
    subjects = [name for name in asked.names if len(name) == len("01K00000000000000000000000")] or ["several"]
    with store.writing() as connection:
        access.note_all(connection, "db.replay", subjects, at=datetime.now(UTC), key_id=None, account=account())


def _problems(one: Replayed) -> list[Problem]:
    place = f"screening {one.screening_id}"
    if one.hindrance is not None:
        return [Problem(place, "not_replayable", one.hindrance)]
    hint = "" if one.service == __version__ else f" Release {one.service} answered then; this is {__version__}."
    return [
        Problem(place, "answer_differs", f"{each.path} was {_shown(each.stored)}, and is {_shown(each.now)} now.{hint}")
        for each in one.differences
    ]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
