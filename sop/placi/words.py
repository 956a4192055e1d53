"""The sentences of the answers to carriers that are the same for every consignment."""

from __future__ import annotations

from collections.abc import Set
from typing import Literal

from features.placi import Element
from sop.types import Outcome

Fixed = tuple[Literal["screening", "papers"], str, str, str]
"""Kind, code, element and text of a request that follows from the outcome alone."""

SCREENING_RESULT: Fixed = (
    "screening",
    "SCREENING_RESULT",
    "screening_result",
    "Send back under the number {item_id}: each method used and its result, for example 'X-ray, two views: nothing "
    "found', the date, time and place, and who screened.",
)
OTHER_PAPERS: Fixed = (
    "papers",
    "SUPPORTING_DOCUMENTS",
    "documents",
    "Send the invoice, the order or another paper of the sender that says what the goods are, how many and at what "
    "price.",
)

GAPS: dict[Element, tuple[str, str]] = {
    "consignor_name": ("PARTY_NAME_MISSING", "The consignor is not named. Give the full name, for example "
                       "'Ada Example', or the registered name of the company."),
    "consignor_address": ("ADDRESS_INCOMPLETE", "The consignor's address is missing. Give it in full, for example "
                          "'12 Example Street, Leeds LS1 1AA, GB'."),
    "consignee_name": ("PARTY_NAME_MISSING", "The consignee is not named. Give the full name, for example "
                       "'Ada Example', or the registered name of the company."),
    "consignee_address": ("ADDRESS_INCOMPLETE", "The consignee's address is missing. Give it in full, for example "
                          "'12 Example Street, Leeds LS1 1AA, GB'."),
    "gross_weight": ("GROSS_WEIGHT_MISSING", "The gross weight is missing. Weigh the parcel with its packing and give "
                     "grams, for example '850'."),
    "description": ("DESCRIPTION_MISSING", "This line has no description. Say in plain words what the goods are, for "
                    "example 'knitted cotton shirts for men' rather than 'gift' or 'spare parts'."),
}  # fmt: skip
"""By the element that is missing: code and sentence. Pieces and number of the consignment are never missing."""

OUTCOME_NAMES: dict[Outcome, str] = {
    "DNL": "do not load",
    "RFS": "request for screening",
    "RFI": "request for information",
    "RFA": "request for amendment",
    "AC": "assessment complete",
}
"""What an outcome is called in a sentence."""

DO_NOT_LOAD = (
    "Do not load this consignment. Keep it closed and apart from others, move it no more than safety asks, and call "
    "the authority's duty officer at once on the number agreed for do-not-load messages; from then on follow the "
    "procedure that your security programme has for them. Tell nobody who need not know, and neither consignor nor "
    "consignee: nothing of this message may be disclosed."
)
SCREEN = (
    "Do not load this consignment before it has been screened. Screen it by the methods that your security programme "
    "prescribes where an authority asks for screening, and send back the result. Where the result is not clean, or the "
    "consignment cannot be screened, leave it where it is and call the authority's duty officer."
)
WAIT = "Do not load this consignment before the assessment is complete."
AGAIN = f"Then send the data again, whole. {WAIT}"
BESIDES = "Besides, the data have gaps or faults that are named below; send them mended with the result or before."


def outcome_text(outcome: Outcome, kinds: Set[str], own_words: bool) -> str:
    """Return what an outcome asks of the carrier.

    Args:
        outcome: DNL, RFS, RFI or RFA.
        kinds: The kinds of the requests that stand beside it. A request for information whose data lack nothing says
            so and asks for the amendment that is needed, and the other way round.
        own_words: Whether the rule's author has added what to send.
    """
    if outcome == "DNL":
        return DO_NOT_LOAD
    if outcome == "RFS":
        return f"{SCREEN} {BESIDES}" if kinds & {"missing", "amend"} else SCREEN
    return f"{_request_text(outcome, kinds, own_words)} {AGAIN if kinds & {'missing', 'amend'} else WAIT}"


def _request_text(outcome: Outcome, kinds: Set[str], own_words: bool) -> str:
    missing, amend = "missing" in kinds, "amend" in kinds
    if missing and amend:
        return "Data are missing and others must be amended: send what is named below as missing, and amend the rest."
    if missing:
        send = "Information is missing: send what is named below."
        return send if outcome == "RFI" else f"{send} Nothing that is there must be amended."
    if amend:
        mend = "data must be amended: correct what is named below."
        return f"Nothing is missing, but {mend}" if outcome == "RFI" else mend.capitalize()
    nothing = "No data element is missing or wrong by itself, but the authority needs to know more."
    return nothing if own_words else f"{nothing} Send the papers named below."
