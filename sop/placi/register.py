"""What each risk indicator means for a carrier: something missing, something to amend, or nothing he is told.

A carrier may pass on what he reads, so he reads only what he can mend in the data he sent himself. What rests on
earlier parcels, lists, routes or on patterns of smuggling stays with the authority. A test demands a decision here for
every indicator of the register; `python -m sop.placi.register` prints the table of docs/placi.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from features.indicators.entries import REGISTER

Kind = Literal["missing", "amend"]
Asked = Literal["always", "by_rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the carrier is asked for when an indicator is raised.

    Attributes:
        kind: Whether something is missing, or is there and must be amended.
        element: The data element, of `features.placi` or beside those eight; `{party}` becomes consignor or consignee.
        advice: What to do, with an example where one helps; whole sentences.
        asked: `always`: in every answer that asks for something. `by_rule`: only where the rule that decided names the
            indicator, because many honest parcels raise it, or because it says how the goods' price is judged.
        says: What is wrong, in place of the indicator's own sentence where that one would tell too much.
        code: The code the carrier sees, in place of the indicator's.
        path: Where it belongs in the manifest, in place of the indicator's evidence; one that begins with a point is
            appended to the evidence unless it ends so already.
    """

    kind: Kind
    element: str
    advice: str
    asked: Asked = "always"
    says: str | None = None
    code: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class NotForCarriers:
    """The carrier is told nothing of it; `why` says what the telling would give away."""

    why: str


_DESCRIPTION = "for example 'knitted cotton shirts for men' rather than 'gift' or 'spare parts'"
_FULL_ADDRESS = "Give it in full, for example '12 Example Street, Leeds LS1 1AA, GB'."
_PRICE = "the price paid or, for a gift or a sample, the price it would sell at, for example '25.00 GBP'"
_CHECK_VALUE = Ask(
    kind="amend",
    element="value",
    asked="by_rule",
    code="VALUE_TO_CONFIRM",
    says="Value and weight of this line do not go together.",
    advice=f"Check both against the invoice and amend the one that is wrong; the value is {_PRICE}.",
)

DECISIONS: dict[str, Ask | NotForCarriers] = {
    "S10_INVALID": Ask(
        kind="amend",
        element="consignment_number",
        advice="Compare it with the label and send the number as printed: two letters, nine digits, two letters, for "
        "example 'RR473124829GB'.",
    ),
    "S10_SERVICE_MISMATCH": Ask(
        kind="amend",
        element="mail_class",
        asked="by_rule",
        advice="Amend the class of mail or, where the number was mistyped, the number.",
    ),
    "S10_COUNTRY_MISMATCH": Ask(
        kind="amend",
        element="origin_country",
        asked="by_rule",
        advice="Amend the country of origin to where the item was posted or, where the number was mistyped, the "
        "number.",
    ),
    "DESCRIPTION_MISSING": Ask(
        kind="missing",
        element="description",
        path=".description",
        advice=f"Say in plain words what the goods are, {_DESCRIPTION}.",
    ),
    "DESCRIPTION_VAGUE": Ask(
        kind="amend",
        element="description",
        advice=f"Say what the goods are, what they are made of and what they are for, {_DESCRIPTION}.",
    ),
    "PARTY_NAME_MISSING": Ask(
        kind="missing",
        element="{party}_name",
        path=".name",
        advice="Give the full name of the person, for example 'Ada Example', or the registered name of the company.",
    ),
    "PARTY_NAME_PLACEHOLDER": Ask(
        kind="amend",
        element="{party}_name",
        advice="Give the full name of the person, for example 'Ada Example', or the registered name of the company.",
    ),
    "ADDRESS_INCOMPLETE": Ask(kind="missing", element="{party}_address", advice=_FULL_ADDRESS),
    "HS_CODE_MISSING": Ask(
        kind="missing",
        element="hs_code",
        asked="by_rule",
        path=".hs_code",
        advice="Give the code of the Harmonized System, six digits at least, for example '610910' for cotton T-shirts.",
    ),
    "HS_CODE_INVALID": Ask(
        kind="amend",
        element="hs_code",
        advice="Give the code of the Harmonized System as digits, its leading zero included, for example '010121'.",
    ),
    "DESCRIPTION_HS_MISMATCH": Ask(
        kind="amend",
        element="hs_code",
        says="The description and the HS code of this line are of different goods.",
        advice="Amend the one that is wrong, so that both name the same goods.",
    ),
    "LICENCE_MISSING": Ask(
        kind="missing",
        element="licence",
        path="documents",
        says="Goods of this HS code travel only under a licence or permit, and its reference was not given.",
        advice="Give the kind, number and issuing authority of the licence, permit or end-user certificate, and send "
        "a copy of it.",
    ),
    "DOCUMENTS_WITH_GOODS": Ask(
        kind="amend",
        element="nature",
        advice="Documents are correspondence and papers without a value of their own. Declare anything else as what "
        "it is: sale of goods, gift, commercial sample or returned goods.",
    ),
    "VALUE_PER_KG_LOW": _CHECK_VALUE,
    "VALUE_PER_KG_HIGH": _CHECK_VALUE,
    "VALUE_TOKEN": Ask(
        kind="amend",
        element="value",
        asked="by_rule",
        advice=f"Give {_PRICE}.",
    ),
    "POSTAGE_DISPROPORTIONATE": NotForCarriers("Nothing in the data is wrong by itself; it is a pattern of behaviour."),
    "TRANSIT_WITHOUT_REASON": NotForCarriers("It would tell which routes are looked at."),
    "NEW_ACCOUNT_HIGH_VALUE": NotForCarriers("It would tell how accounts are judged."),
    "WEIGHTS_ABOVE_GROSS": Ask(
        kind="amend",
        element="gross_weight",
        advice="Weigh the parcel and amend the weight that is wrong; weights are in grams, for example '850'.",
    ),
    "DENSITY_IMPLAUSIBLE": Ask(
        kind="amend",
        element="dimensions",
        code="DIMENSIONS_TO_CONFIRM",
        says="Gross weight and outer dimensions cannot both be right.",
        advice="Weigh and measure the parcel and amend what is wrong; weights are in grams, lengths in millimetres, "
        "for example '850' and '300 x 200 x 90'.",
    ),
    "HS_ARMS_CHAPTER": NotForCarriers("The licence, where it is missing, is asked for by LICENCE_MISSING."),
    "HS_COVER_HEADING": NotForCarriers("It would tell which goods serve as a cover."),
    "FIREARM_VOCABULARY": NotForCarriers("It would tell what is looked for; whoever is warned takes the parcel back."),
    "CONVERTIBLE_VOCABULARY": NotForCarriers(
        "It would tell what is looked for; whoever is warned takes the parcel back."
    ),
}

KINDS: dict[Kind, str] = {"missing": "missing", "amend": "to be amended"}
ASKED: dict[Asked, str] = {"always": "always", "by_rule": "only by a rule that names it"}


def decisions_markdown() -> str:
    """Return the table of docs/placi.md: every indicator of the register, and what a carrier reads of it."""
    return "\n".join(_table()) + "\n"


def _table() -> Iterator[str]:
    yield "| indicator | for the carrier | asked | element | code | what the carrier reads beside his own data |"
    yield "|---|---|---|---|---|---|"
    for one in REGISTER:
        match DECISIONS[one.code]:
            case NotForCarriers(why):
                yield f"| `{one.code}` | not for the carrier | never | | | (nothing) {why} |"
            case ask:
                says = f"{ask.says} " if ask.says else ""
                code = ask.code or one.code
                yield (
                    f"| `{one.code}` | {KINDS[ask.kind]} | {ASKED[ask.asked]} | `{ask.element}` | `{code}` "
                    f"| {says}{ask.advice} |"
                )


if __name__ == "__main__":
    print(decisions_markdown(), end="")  # noqa: T201 - the table is this module's output when run
