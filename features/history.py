"""What was seen before of a parcel's people, addresses and accounts.

Defined once, computed in two places: from the store when serving, by replay in time order (`HistoryIndex`) when
training. Both end in `summarise`, which applies every window and bound itself, so a source may hand over more than is
needed and the numbers stay the same.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from features.manifest import Manifest, Party
from features.names import address_skeleton, skeleton
from features.text import letters_and_digits

WINDOW = timedelta(days=365)
HALF_LIFE_DAYS = 45.0
RECENT = timedelta(days=56)
MONTH = timedelta(days=30)
PER_KEY_LIMIT = 200
"""At most so many of an entity's latest parcels count (each with a find always does): a busy shop's count saturates,
and the work per parcel stays bounded."""
DIGEST_LENGTH = 24
SENDER_KINDS = frozenset(
    {"sender", "sender_address", "sender_phone", "sender_email", "sender_account", "sender_tax", "seller"}
)
# Which kind stands for the party as a whole, best first: two parcels have different senders when these differ.
SENDER_IDENTITY = ("sender", "sender_account", "seller", "sender_phone", "sender_email")
RECIPIENT_IDENTITY = ("recipient", "recipient_account", "recipient_address", "recipient_phone", "recipient_email")


@dataclass(frozen=True, slots=True)
class PastParcel:
    """An earlier parcel that shares at least one entity key with the parcel at hand.

    Attributes:
        item_id: Its identifier.
        at: When it was declared, or screened where no declaration time is known or it lies ahead of the screening.
            Timezone-aware.
        entities: Its entity keys (see `entity_keys`).
        found: What the officer found: True illicit, False opened and harmless, None not opened or not known yet.
        found_at: When that was recorded; a finding counts only for parcels after this moment.
        parts: Names of firearm parts found, if any.
    """

    item_id: str
    at: datetime
    entities: tuple[str, ...]
    found: bool | None = None
    found_at: datetime | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known at one moment; counts are None where the manifest names nobody to count for.

    Attributes:
        sender_known: Parcels of the last 365 days that share any sender key (at most 200 for each key).
        sender_month: The same over the last 30 days.
        sender_decayed: The same, each weighted 0.5 ** (age / 45 days).
        sender_first_days: Days since the first of them; None for a sender never seen.
        sender_recipients: Distinct recipients of these parcels.
        sender_names: Distinct sender identities behind the same phone, e-mail, account, tax id or address.
        recipient_known: Parcels of the last 365 days that share any recipient key.
        recipient_month: The same over the last 30 days.
        recipient_decayed: The same, decayed.
        recipient_first_days: Days since the first of them; None for a recipient never seen.
        recipient_senders: Distinct senders who wrote to this recipient in the last 56 days.
        pair_known: Parcels of the last 365 days that share both a sender and a recipient key.
        found_sender: Illicit finds known at the moment on parcels that share a sender key, decayed with the same
            half-life from the day each became known.
        found_recipient: The same for the recipient.
        opened_harmless: Parcels sharing any key that were opened and harmless, known at the moment.
        parts_recipient: Distinct firearm parts found on the way to this recipient within 56 days.
    """

    sender_known: int | None = None
    sender_month: int | None = None
    sender_decayed: float | None = None
    sender_first_days: float | None = None
    sender_recipients: int | None = None
    sender_names: int | None = None
    recipient_known: int | None = None
    recipient_month: int | None = None
    recipient_decayed: float | None = None
    recipient_first_days: float | None = None
    recipient_senders: int | None = None
    pair_known: int | None = None
    found_sender: float = 0.0
    found_recipient: float = 0.0
    opened_harmless: int = 0
    parts_recipient: int = 0


NO_HISTORY = History()


def seen_at(declared_at: datetime | None, screened_at: datetime) -> datetime:
    """Return the moment from which a screened parcel counts as an earlier one.

    A declaration dated ahead of our clock would hide the parcel, and what is found in it, until that day.
    """
    return min(declared_at or screened_at, screened_at)


def entity_keys(manifest: Manifest) -> tuple[str, ...]:
    """Return the pseudonymous keys of everybody and every address a manifest names, sorted, each `kind:hexdigest`.

    Names and addresses go in as their skeletons (`features.names`), so that other scripts, spellings by sound, titles,
    legal forms and word orders agree: "Ltd. Müller", "MUELLER LIMITED" and "Мюллер" are one key at one address. The
    digest hides a name from the eye, but whoever has the name can compute it: keys remain personal data. `item_id` is
    none of them.
    """
    pairs = [*_party_pairs("sender", manifest.sender), *_party_pairs("recipient", manifest.recipient)]
    market = manifest.marketplace
    if market and market.seller_id:
        pairs.append(("seller", f"{market.platform or ''}|{market.seller_id}".casefold()))
    return tuple(sorted({f"{kind}:{_digest(kind, text)}" for kind, text in pairs}))


def summarise(manifest: Manifest, past: Iterable[PastParcel], at: datetime) -> History:
    """Summarise what was known of a manifest's entities at one moment.

    Args:
        manifest: The parcel at hand; earlier entries with its own `item_id` do not count.
        past: Earlier parcels in any order; those that share no key, or are not before `at`, do not count, unless
            what was found in them was known at `at`.
        at: The moment, timezone-aware.
    """
    return summarise_keys(entity_keys(manifest), manifest.item_id, past, at)


def summarise_keys(keys: Sequence[str], item_id: str, past: Iterable[PastParcel], at: datetime) -> History:
    """Do as `summarise` does, for keys computed before."""
    mine = frozenset(keys)
    earlier = _one_each([seen for parcel in past if parcel.item_id != item_id and (seen := _seen(parcel, at))], at)
    # Oldest first from here on: floating sums depend on their order, and both sources must agree to the last bit.
    relevant = _bounded(earlier, mine, at)
    sender = frozenset(key for key in mine if _kind(key) in SENDER_KINDS)
    recipient = mine - sender
    sent = [parcel for parcel in relevant if not sender.isdisjoint(parcel.entities)]
    received = [parcel for parcel in relevant if not recipient.isdisjoint(parcel.entities)]
    return History(
        **(_sender_counts(sent, sender, at) if sender else {}),
        **(_recipient_counts(received, at) if recipient else {}),
        pair_known=_count(sent, at, WINDOW, recipient) if sender and recipient else None,
        found_sender=_finds(sent, at),
        found_recipient=_finds(received, at),
        opened_harmless=sum(parcel.found is False and _known(parcel, at) for parcel in relevant),
        parts_recipient=len(_parts(received, at)),
    )


class HistoryIndex:
    """Earlier parcels by entity key, for replaying a table in time order.

    Holds for each key its latest `PER_KEY_LIMIT` parcels and all with a find, which is all that `summarise` uses.
    """

    def __init__(self) -> None:
        self._latest: defaultdict[str, deque[PastParcel]] = defaultdict(lambda: deque(maxlen=PER_KEY_LIMIT))
        self._finds: defaultdict[str, list[PastParcel]] = defaultdict(list)

    def add(self, parcel: PastParcel) -> None:
        """Remember a parcel. Parcels must come in the order of their `at`."""
        for key in parcel.entities:
            self._latest[key].append(parcel)
            if parcel.found:
                self._finds[key].append(parcel)

    def related(self, keys: Iterable[str]) -> list[PastParcel]:
        """Return the earlier parcels that share a key."""
        return list({id(parcel): parcel for parcel in self._walk(keys)}.values())

    def _walk(self, keys: Iterable[str]) -> Iterator[PastParcel]:
        for key in keys:
            yield from self._latest.get(key, ())
            yield from self._finds.get(key, ())


def _party_pairs(role: str, party: Party | None) -> list[tuple[str, str]]:
    if party is None:
        return []
    name = skeleton(party.name or party.company or "")
    address = address_skeleton(" ".join([*(party.address or ()), party.city or "", party.postcode or ""]))
    pairs = [
        (role, f"{name}|{address}" if name and address else ""),
        (f"{role}_address", f"{address}|{party.country or ''}" if address else ""),
        (f"{role}_phone", letters_and_digits(party.phone or "")),
        (f"{role}_email", (party.email or "").strip().casefold()),
        (f"{role}_account", (party.account_id or "").strip().casefold()),
        (f"{role}_tax", letters_and_digits(party.tax_id or "")),
    ]
    return [(kind, text) for kind, text in pairs if text]


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}\x00{text}".encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def _kind(key: str) -> str:
    return key.split(":", 1)[0]


def _seen(parcel: PastParcel, at: datetime) -> PastParcel | None:
    """Return a parcel as it was seen before `at`; None where it was not.

    Whoever declares a later day than today's must not make a find disappear: what was opened before `at` was here.
    """
    if parcel.at < at:
        return parcel
    return replace(parcel, at=parcel.found_at) if _known(parcel, at) and parcel.found_at else None


def _one_each(parcels: Sequence[PastParcel], at: datetime) -> list[PastParcel]:
    """Keep one entry a parcel, one with a finding first, oldest first: screening a parcel twice counts once."""
    if len({parcel.item_id for parcel in parcels}) == len(parcels):
        return sorted(parcels, key=_order)
    best: dict[str, PastParcel] = {}
    for parcel in parcels:
        other = best.get(parcel.item_id)
        if other is None or (_known(parcel, at), parcel.at) > (_known(other, at), other.at):
            best[parcel.item_id] = parcel
    return sorted(best.values(), key=_order)


def _order(parcel: PastParcel) -> tuple[datetime, str]:
    return parcel.at, parcel.item_id


def _bounded(parcels: list[PastParcel], keys: frozenset[str], at: datetime) -> list[PastParcel]:
    """Return those of the parcels that count, in their order: of each key the latest, and every one with a find."""
    if len(parcels) <= PER_KEY_LIMIT:
        return [parcel for parcel in parcels if not keys.isdisjoint(parcel.entities)]
    taken: defaultdict[str, int] = defaultdict(int)
    kept: list[PastParcel] = []
    for parcel in reversed(parcels):
        shared = keys.intersection(parcel.entities)
        if any(taken[key] < PER_KEY_LIMIT for key in shared) or (shared and _illicit(parcel, at)):
            kept.append(parcel)
        for key in shared:
            taken[key] += 1
    kept.reverse()
    return kept


def _sender_counts(sent: list[PastParcel], keys: frozenset[str], at: datetime) -> dict[str, Any]:
    year = _within(sent, at, WINDOW)
    return {
        "sender_known": len(year),
        "sender_month": len(_within(year, at, MONTH)),
        "sender_decayed": _decayed(year, at),
        "sender_first_days": _first_days(year, at),
        "sender_recipients": len(_identities(year, RECIPIENT_IDENTITY)),
        "sender_names": len(_identities(year, ("sender",)) | {key for key in keys if _kind(key) == "sender"}),
    }


def _recipient_counts(received: list[PastParcel], at: datetime) -> dict[str, Any]:
    year = _within(received, at, WINDOW)
    return {
        "recipient_known": len(year),
        "recipient_month": len(_within(year, at, MONTH)),
        "recipient_decayed": _decayed(year, at),
        "recipient_first_days": _first_days(year, at),
        "recipient_senders": len(_identities(_within(year, at, RECENT), SENDER_IDENTITY)),
    }


def _within(parcels: list[PastParcel], at: datetime, window: timedelta) -> list[PastParcel]:
    first = at - window
    return [parcel for parcel in parcels if parcel.at >= first]


def _count(parcels: list[PastParcel], at: datetime, window: timedelta, keys: frozenset[str]) -> int:
    return sum(not keys.isdisjoint(parcel.entities) for parcel in _within(parcels, at, window))


def _decayed(parcels: list[PastParcel], at: datetime) -> float:
    return float(sum([_weight(at - parcel.at) for parcel in parcels]))


def _weight(age: timedelta) -> float:
    return float(0.5 ** (age.total_seconds() / 86400.0 / HALF_LIFE_DAYS))


def _first_days(parcels: list[PastParcel], at: datetime) -> float | None:
    return max(((at - parcel.at).total_seconds() / 86400.0 for parcel in parcels), default=None)


def _identities(parcels: list[PastParcel], kinds: Sequence[str]) -> set[str]:
    return {identity for parcel in parcels if (identity := _identity(parcel.entities, kinds))}


def _identity(entities: Sequence[str], kinds: Sequence[str]) -> str | None:
    """Return the last key of the first kind that there is a key of."""
    for kind in kinds:
        beginning = f"{kind}:"
        for key in reversed(entities):
            if key.startswith(beginning):
                return key
    return None


def _known(parcel: PastParcel, at: datetime) -> bool:
    return parcel.found is not None and parcel.found_at is not None and parcel.found_at <= at


def _illicit(parcel: PastParcel, at: datetime) -> bool:
    return bool(parcel.found) and _known(parcel, at)


def _finds(parcels: list[PastParcel], at: datetime) -> float:
    return float(sum([_weight(at - one.found_at) for one in parcels if _illicit(one, at) and one.found_at]))


def _parts(parcels: list[PastParcel], at: datetime) -> set[str]:
    return {part for parcel in _within(parcels, at, RECENT) if _known(parcel, at) for part in parcel.parts}
