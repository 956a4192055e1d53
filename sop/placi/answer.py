"""The answer to advance data that a carrier may read: what to do, what is missing, and what must be amended.

A pure function of manifest, indicators, outcome and rule. Risk scores, watch lists, pictures, reasons and the words of
the procedure are no argument of the sentences, so none of them can leak through it: a sender who is warned takes the
parcel back or sends the next one another way. Outcomes: WCO-ICAO guiding principles for PLACI; the request for
amendment as the import control system of the European Union (ICS2) tells it from the request for information.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from features.indicators.types import Raised
from features.manifest import Manifest
from features.placi import Gap, missing_elements
from sop.placi.register import DECISIONS, Ask
from sop.placi.words import GAPS, OTHER_PAPERS, SCREENING_RESULT, Fixed, outcome_text
from sop.types import AnyOf, Decision, OneOf, Outcome, Rule, When

RequestKind = Literal["missing", "amend", "screening", "papers"]
ORDER = ("item_id", "mail_class", "nature", "origin_country", "sender", "recipient", "gross_weight_g", "dimensions_mm",
         "items", "documents")  # fmt: skip
"""The parts of a manifest in the order in which requests name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierRequest:
    """One thing the carrier is asked for.

    Attributes:
        path: Where it stands, or belongs, in the manifest.
        code: Stable name of the request.
        element: The data element it is about, for example `description` or `consignor_address`.
        kind: `missing`: send it; `amend`: it is there, and is to be corrected; `screening`: send back a result;
            `papers`: no element is missing or wrong, and papers are to say more.
        text: What is wrong and what to do, in whole sentences.
    """

    path: str
    code: str
    element: str
    kind: RequestKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierAnswer:
    """What a carrier is told: the outcome, what it means for him now, and each single request."""

    outcome: Outcome
    text: str
    requests: tuple[CarrierRequest, ...]


def carrier_answer(
    manifest: Manifest, raised: Sequence[Raised], decision: Decision, rule: Rule | None, stage: str
) -> CarrierAnswer | None:
    """Return what the carrier is told about advance data.

    Args:
        manifest: What was declared.
        raised: The indicators raised for it.
        decision: The decision; only its outcome counts here.
        rule: The rule that decided; None where missing evidence, chance or the workload did.
        stage: `pre_arrival` or `station`.

    Returns:
        The answer; None at the station, where no carrier asks, and for AC, which says all by itself.
    """
    if stage != "pre_arrival" or decision.outcome == "AC":
        return None
    own = rule.carrier_text if rule else None
    requests = tuple(_requests(manifest, raised, decision.outcome, rule))
    kinds = frozenset(one.kind for one in requests)
    text = " ".join(part for part in (outcome_text(decision.outcome, kinds, bool(own)), own) if part)
    return CarrierAnswer(outcome=decision.outcome, text=text, requests=requests)


def named_indicators(when: When) -> frozenset[str]:
    """Return the indicators that a rule's conditions name, those of its alternatives included."""
    found: set[str] = set()
    for condition in when:
        match condition:
            case OneOf("indicator", values):
                found.update(values)
            case AnyOf(alternatives):
                found.update(*(named_indicators(one) for one in alternatives))
            case _:
                pass
    return frozenset(found)


def _requests(
    manifest: Manifest, raised: Sequence[Raised], outcome: Outcome, rule: Rule | None
) -> Iterator[CarrierRequest]:
    if outcome == "DNL":
        return  # whoever is told to leave a consignment alone is asked nothing about it
    if outcome == "RFS":
        yield _request(manifest.item_id, "item_id", SCREENING_RESULT)
    data = tuple(_data_requests(manifest, raised, named_indicators(rule.when) if rule else frozenset()))
    yield from data
    if outcome in ("RFI", "RFA") and not data and not (rule and rule.carrier_text):
        yield _request(manifest.item_id, "documents", OTHER_PAPERS)


def _request(item_id: str, path: str, fixed: Fixed) -> CarrierRequest:
    kind, code, element, text = fixed
    return CarrierRequest(path=path, code=code, element=element, kind=kind, text=text.format(item_id=item_id))


def _data_requests(manifest: Manifest, raised: Sequence[Raised], named: frozenset[str]) -> list[CarrierRequest]:
    """Return what is missing, then what must be amended, each from the top of the manifest to its end."""
    asked = list(dict.fromkeys(_asked(raised, named)))
    told = {(one.element, _part(one.path)) for one in asked}
    gaps = [_of_gap(gap) for gap in missing_elements(manifest) if (gap.element, _part(gap.path)) not in told]
    return sorted([*asked, *gaps], key=lambda one: (one.kind != "missing", _place(one.path)))


def _asked(raised: Sequence[Raised], named: frozenset[str]) -> Iterator[CarrierRequest]:
    for one in raised:
        ask = DECISIONS[one.code]
        if isinstance(ask, Ask) and (ask.asked == "always" or one.code in named):
            yield _of_indicator(one, ask)


def _of_indicator(raised: Raised, ask: Ask) -> CarrierRequest:
    return CarrierRequest(
        path=_path(raised.evidence, ask.path),
        code=ask.code or raised.code,
        element=ask.element.format(party="consignor" if raised.evidence.startswith("sender") else "consignee"),
        kind=ask.kind,
        text=f"{ask.says or raised.text} {ask.advice}",
    )


def _of_gap(gap: Gap) -> CarrierRequest:
    code, text = GAPS[gap.element]
    return CarrierRequest(path=gap.path, code=code, element=gap.element, kind="missing", text=text)


def _path(evidence: str, path: str | None) -> str:
    if path is None or evidence.endswith(path):
        return evidence
    return evidence + path if path.startswith(".") else path


def _part(path: str) -> str:
    """Return the part of the manifest that a path is about: `items[3]`, `sender`, `gross_weight_g`."""
    return path.split(".", 1)[0]


def _place(path: str) -> tuple[int, int]:
    name, _, index = _part(path).partition("[")
    return ORDER.index(name), int(index.rstrip("]") or 0)
