"""What the habits do: to a parcel before it is declared, and to its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from training.parcels.consignment import Consignment, Line, make_line
from training.parcels.countries import COUNTRIES
from training.parcels.goods import ARMS_LIKE, CARELESS, CONVERTIBLE_LIKE, GOODS, PARTS_FOR_CONVERSION
from training.parcels.wording import describe

Deed = Callable[[Random, Consignment], None]


def do_to_parcel(rng: Random, parcel: Consignment, habits: frozenset[str]) -> Consignment:
    """Return the parcel as a sender with these habits declares it; the given one is left as it is."""
    done = replace(parcel, lines=[replace(line) for line in parcel.lines], transit=list(parcel.transit))
    # In the order of the table, not of the set: the same seed must give the same parcel.
    for name, deed in _DEEDS.items():
        if name in habits:
            deed(rng, done)
    return done


def _token_value(rng: Random, parcel: Consignment) -> None:
    for line in parcel.lines:
        line.usd = rng.choice((0.0, 1.0, 1.0, 0.5))


def _high_value(rng: Random, parcel: Consignment) -> None:
    wanted = rng.uniform(500.0, 2500.0)
    _times(parcel.lines, max(1.0, wanted / max(1.0, sum(line.usd for line in parcel.lines))))


def _overvalue(rng: Random, parcel: Consignment) -> None:
    _times(parcel.lines, rng.uniform(10.0, 120.0))


def _times(lines: list[Line], factor: float) -> None:
    for line in lines:
        line.usd *= factor


def _round_values(rng: Random, parcel: Consignment) -> None:
    step = rng.choice((5, 10, 10, 20, 50))
    for line in parcel.lines:
        line.usd = max(step, round(line.usd / step) * step)


def _guessed_weight(rng: Random, parcel: Consignment) -> None:
    parcel.net_factor *= rng.lognormvariate(-0.2, 0.5)


def _weights_disagree(rng: Random, parcel: Consignment) -> None:
    parcel.net_factor *= rng.uniform(1.4, 4.0)


def _kilograms_for_grams(rng: Random, parcel: Consignment) -> None:
    parcel.net_factor /= 1000.0


def _gift_claim(rng: Random, parcel: Consignment) -> None:
    parcel.nature = rng.choice(("gift", "gift", "other", "commercial_sample"))


def _documents_claim(rng: Random, parcel: Consignment) -> None:
    parcel.nature = "documents"


def _hurried(rng: Random, parcel: Consignment) -> None:
    parcel.mail_class = "express" if parcel.courier else "ems"


def _paid_much(rng: Random, parcel: Consignment) -> None:
    parcel.postage_factor *= rng.uniform(1.8, 6.0)


def _detour(rng: Random, parcel: Consignment) -> None:
    passed = rng.sample(tuple(COUNTRIES), rng.choice((1, 2, 3, 4)))
    if rng.random() < 0.4:
        passed.append(rng.choice((parcel.sender.country, parcel.recipient.country, passed[0])))
    parcel.transit = passed


def _one_article(rng: Random, parcel: Consignment) -> None:
    parcel.lines[0].quantity = rng.choice((1, 1, 1, 2))


def _dense(rng: Random, parcel: Consignment) -> None:
    parcel.density *= rng.uniform(1.6, 4.5)


def _wrong_code(rng: Random, parcel: Consignment) -> None:
    line = parcel.lines[0]
    line.hs = rng.choice([good.hs for good in GOODS if good.family != line.good.family])


def _arms_words(rng: Random, parcel: Consignment) -> None:
    # Honest goods that sound like arms, and the careless word for the real thing.
    parcel.lines[0].description = rng.choice(CARELESS if parcel.illicit or rng.random() < 0.3 else ARMS_LIKE)


def _convertible_words(rng: Random, parcel: Consignment) -> None:
    parcel.lines[0].description = rng.choice(PARTS_FOR_CONVERSION if parcel.illicit else CONVERTIBLE_LIKE)


def _vague_words(rng: Random, parcel: Consignment) -> None:
    line = parcel.lines[0]
    line.description = describe(rng, line.good, parcel.sender.country, 1.0, parcel.study)


def _filler(rng: Random, parcel: Consignment) -> None:
    for _ in range(rng.choice((1, 1, 2, 3))):
        parcel.lines.append(make_line(rng, rng.choice(GOODS), parcel.sender, parcel.study))


_DEEDS: Mapping[str, Deed] = {
    "filler": _filler,
    "vague_words": _vague_words,
    "arms_words": _arms_words,
    "convertible_words": _convertible_words,
    "wrong_code": _wrong_code,
    "one_article": _one_article,
    "overvalue": _overvalue,
    "high_value": _high_value,
    "round_values": _round_values,
    "token_value": _token_value,
    "guessed_weight": _guessed_weight,
    "weights_disagree": _weights_disagree,
    "kilograms_for_grams": _kilograms_for_grams,
    "gift_claim": _gift_claim,
    "documents_claim": _documents_claim,
    "hurried": _hurried,
    "paid_much": _paid_much,
    "detour": _detour,
    "dense": _dense,
}
