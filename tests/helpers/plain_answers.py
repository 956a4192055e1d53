"""The answer about a parcel, worked out the long way: as rows of a table, without shortcuts or prepared tests.

What the service answers must be this to the last byte; it only gets there in fewer steps.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import numpy as np

from features import contents
from features.contents_words import KINDS
from features.history import (
    HALF_LIFE_DAYS,
    MONTH,
    PER_KEY_LIMIT,
    RECENT,
    RECIPIENT_IDENTITY,
    SENDER_IDENTITY,
    SENDER_KINDS,
    WINDOW,
    History,
    PastParcel,
)
from features.indicators.register import Raised, raise_indicators
from features.indicators.terms import TermList
from features.manifest import Manifest
from models.results import RiskResult
from models.risk import CONTRIBUTION_DECIMALS, SMALLEST_SHARE, TOP_REASONS, RiskModel
from models.risk_frame import gather, part
from sop.signals import holds
from sop.types import Evidence, Policy, Rule


@contextmanager
def every_term_looked_for() -> Iterator[None]:
    """Look for every term in every text, also where no word can begin one."""
    with (
        patch.object(TermList, "_may_hold", lambda self, text: True),
        patch.object(contents, "_kinds_near", lambda _: KINDS),
    ):
        yield


def plain_indicators(manifest: Manifest) -> tuple[Raised, ...]:
    """Return the indicators without looking first which lists a text can touch."""
    with every_term_looked_for():
        return raise_indicators(manifest)


def plain_risks(model: RiskModel, parcels: Sequence[tuple[Manifest, Sequence[Raised], History]]) -> list[RiskResult]:
    """Assess parcels as one table, with all reasons of each put into words before the strongest are taken."""
    table = gather([model.observe(*parcel) for parcel in parcels])
    rows = model.rows(table)
    scores, contributions = model.scores(rows, table.patterns), model.contributions(rows)
    found = []
    for place, parcel in enumerate(parcels):
        reasons = model.explain(part(table, np.array([place])), contributions[place], *parcel)
        shown = [one for one in reasons if abs(one.contribution) >= SMALLEST_SHARE][:TOP_REASONS] or reasons[:1]
        told = tuple(replace(one, contribution=round(one.contribution, CONTRIBUTION_DECIMALS)) for one in shown)
        found.append(RiskResult(float(scores.probability[place]), float(scores.percentile[place]), told))
    return found


def plain_first_match(policy: Policy, evidence: Evidence, on: date) -> Rule | None:
    """Return the first rule whose conditions all hold, each read anew."""
    fitting = (
        rule for rule in policy.rules if rule.in_force(on) and all(holds(one, evidence, on) for one in rule.when)
    )
    return next(fitting, None)


def plain_json(value: Any) -> str:
    """Return the JSON text of nested dataclasses by the standard library alone."""
    text: str = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(inner) for key, inner in asdict(value).items()}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def plain_manifest(value: Any) -> Any:
    """Return a manifest in JSON types, each field asked for by reflection."""
    if is_dataclass(value):
        return {field.name: plain_manifest(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain_manifest(part) for part in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        text = value.isoformat()
        return text.replace("+00:00", "Z") if value.utcoffset() == timedelta(0) else text
    return value.isoformat() if isinstance(value, date) else value


def plain_history(keys: Sequence[str], item_id: str, past: Iterable[PastParcel], at: datetime) -> History:
    """Count earlier parcels as `History` defines each number, one after the other and each from all parcels."""
    counted = _counted(frozenset(keys), _told(past, item_id, at), at)
    sender = {key for key in keys if _kind(key) in SENDER_KINDS}
    recipient = set(keys) - sender
    sent = [one for one in counted if sender & set(one.entities)]
    received = [one for one in counted if recipient & set(one.entities)]
    year_sent, year_received = _since(sent, at - WINDOW), _since(received, at - WINDOW)
    named = {_last(one, "sender") for one in year_sent} | {key for key in keys if _kind(key) == "sender"}
    of_sender = {
        "sender_known": len(year_sent),
        "sender_month": len(_since(year_sent, at - MONTH)),
        "sender_decayed": _decayed(at, [one.at for one in year_sent]),
        "sender_first_days": max(((at - one.at).total_seconds() / 86400.0 for one in year_sent), default=None),
        "sender_recipients": len({_identity(one, RECIPIENT_IDENTITY) for one in year_sent} - {None}),
        "sender_names": len(named - {None}),
    }
    of_recipient = {
        "recipient_known": len(year_received),
        "recipient_month": len(_since(year_received, at - MONTH)),
        "recipient_decayed": _decayed(at, [one.at for one in year_received]),
        "recipient_first_days": max(((at - one.at).total_seconds() / 86400.0 for one in year_received), default=None),
        "recipient_senders": len(
            {_identity(one, SENDER_IDENTITY) for one in _since(year_received, at - RECENT)} - {None}
        ),
    }
    pair = {"pair_known": len([one for one in year_sent if recipient & set(one.entities)])}
    numbers: dict[str, Any] = {**(of_sender if sender else {}), **(of_recipient if recipient else {})}
    lately = [one for one in _since(received, at - RECENT) if _known(one, at)]
    return History(
        **numbers,
        **(pair if sender and recipient else {}),
        found_sender=_decayed(at, [one.found_at for one in sent if one.found and _known(one, at) and one.found_at]),
        found_recipient=_decayed(
            at, [one.found_at for one in received if one.found and _known(one, at) and one.found_at]
        ),
        opened_harmless=len([one for one in counted if one.found is False and _known(one, at)]),
        parts_recipient=len({part for one in lately for part in one.parts}),
    )


def _told(past: Iterable[PastParcel], item_id: str, at: datetime) -> list[PastParcel]:
    """Return one entry for each other parcel seen before `at`, oldest first."""
    best: dict[str, PastParcel] = {}
    for one in past:
        known = _known(one, at)
        if one.item_id == item_id or not (one.at < at or known):
            continue
        shown = one if one.at < at or one.found_at is None else replace(one, at=one.found_at)
        other = best.get(one.item_id)
        if other is None or (known, shown.at) > (_known(other, at), other.at):
            best[one.item_id] = shown
    return sorted(best.values(), key=lambda one: (one.at, one.item_id))


def _counted(keys: frozenset[str], told: list[PastParcel], at: datetime) -> list[PastParcel]:
    """Return, oldest first, what is among the latest of any key, and every find."""
    taken: defaultdict[str, int] = defaultdict(int)
    kept: list[PastParcel] = []
    for one in reversed(told):
        shared = keys & set(one.entities)
        if any(taken[key] < PER_KEY_LIMIT for key in shared) or (shared and one.found and _known(one, at)):
            kept.insert(0, one)
        for key in shared:
            taken[key] += 1
    return kept


def _known(parcel: PastParcel, at: datetime) -> bool:
    return parcel.found is not None and parcel.found_at is not None and parcel.found_at <= at


def _since(parcels: list[PastParcel], first: datetime) -> list[PastParcel]:
    return [one for one in parcels if one.at >= first]


def _decayed(at: datetime, moments: list[datetime]) -> float:
    return float(sum(0.5 ** ((at - one).total_seconds() / 86400.0 / HALF_LIFE_DAYS) for one in moments))


def _kind(key: str) -> str:
    return key.split(":", 1)[0]


def _last(parcel: PastParcel, kind: str) -> str | None:
    return {_kind(key): key for key in parcel.entities}.get(kind)


def _identity(parcel: PastParcel, kinds: Sequence[str]) -> str | None:
    return next((key for kind in kinds if (key := _last(parcel, kind))), None)
