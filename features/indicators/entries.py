"""The entries of the register, family by family."""

from __future__ import annotations

from datetime import date

from features.indicators import behavioural, commercial, document, physical
from features.indicators.types import Check, Family, Indicator

REVIEWED = date(2026, 11, 20)
RISK_UNIT = "Risk Analysis Unit"
POSTAL_UNIT = "Postal Customs Unit"
LICENSING_UNIT = "Firearms Licensing Unit"
SAFE = "WCO SAFE Framework of Standards (advance electronic data, risk indicators)"
POSTAL = "WCO-UPU Postal Customs Guide"
S10 = "UPU standard S10, identification of postal items"
STOP_WORDS = "European Commission guidance on stop words for ICS2 goods descriptions; WCO guidance on acceptable and "
STOP_WORDS += "unacceptable goods descriptions"
TRAFFICKING = "UNODC Global Study on Firearms Trafficking 2020"
PROTOCOL = "UN Firearms Protocol, articles 3 and 10"
HS = "WCO Harmonized System, edition 2022"
OWN = "Own rule of this project; threshold stated in `features/indicators/lists.py`"
OWN_BOUNDS = "Own broad bounds of this project, stated in `features/indicators/value_bounds.py`"


def _entry(
    code: str, family: Family, check: Check, *, meaning: str, why: str, source: str, owner: str = RISK_UNIT
) -> Indicator:
    return Indicator(
        code=code,
        family=family,
        meaning=meaning,
        justification=why,
        source=source,
        owner=owner,
        reviewed=REVIEWED,
        check=check,
    )


_DOCUMENT = (
    _entry(
        "S10_INVALID",
        "document",
        document.s10_invalid,
        meaning="The number of the postal item is not a valid S10 identifier.",
        why="An invented or mistyped number cannot be traced to its posting. Typing errors are the usual harmless "
        "cause; the check digit finds nearly all of them.",
        source=S10,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "S10_SERVICE_MISMATCH",
        "document",
        document.s10_service_mismatch,
        meaning="The first letter of the item number belongs to another class of mail than the one declared.",
        why="A label taken from another service avoids the checks of the right one. Operators that number small "
        "parcels as registered letters are the usual harmless cause.",
        source=S10,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "S10_COUNTRY_MISMATCH",
        "document",
        document.s10_country_mismatch,
        meaning="The item number was issued by the post of another country than the declared origin.",
        why="Parcels are re-posted in a third country to hide where they come from. Offices of exchange abroad and "
        "returned goods are the usual harmless causes.",
        source=S10,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "DESCRIPTION_MISSING",
        "document",
        document.description_missing,
        meaning="An article line has an HS code but no description in words.",
        why="Without words nobody can compare the goods with the declaration.",
        source=POSTAL,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "DESCRIPTION_VAGUE",
        "document",
        document.description_vague,
        meaning="The description does not say what the goods are.",
        why="Vague words are the commonest way to declare what must not be named, and as common among harmless "
        "senders, so this counts together with others.",
        source=STOP_WORDS,
    ),
    _entry(
        "PARTY_NAME_MISSING",
        "document",
        document.party_name_missing,
        meaning="The sender or the recipient is not named.",
        why="Nobody can be asked, traced or found in earlier seizures without a name.",
        source=SAFE,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "PARTY_NAME_PLACEHOLDER",
        "document",
        document.party_name_placeholder,
        meaning="The name of the sender or the recipient is a placeholder.",
        why="A form filled with `customer` or `xxx` hides who trades; careless shop software does the same.",
        source="European Commission guidance on stop words for ICS2 party data",
        owner=POSTAL_UNIT,
    ),
    _entry(
        "ADDRESS_INCOMPLETE",
        "document",
        document.address_incomplete,
        meaning="The address of the sender or the recipient cannot be found with what is declared.",
        why="Incomplete senders cannot be traced back; incomplete recipients collect their parcels elsewhere. Places "
        "without street names are the usual harmless cause.",
        source=POSTAL,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "HS_CODE_MISSING",
        "document",
        document.hs_code_missing,
        meaning="An article line has no HS code.",
        why="Without a code the goods cannot be compared with their price, weight and look. Private senders often do "
        "not know it, which is why this alone says little.",
        source=POSTAL,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "HS_CODE_INVALID",
        "document",
        document.hs_code_invalid,
        meaning="The HS code is not a possible code.",
        why="Invented codes pass forms that only ask for digits. A leading zero lost in a spreadsheet is the usual "
        "harmless cause.",
        source=HS,
        owner=POSTAL_UNIT,
    ),
    _entry(
        "DESCRIPTION_HS_MISMATCH",
        "document",
        document.description_hs_mismatch,
        meaning="The description names goods of other chapters than the HS code.",
        why="Words and code that disagree mean that one of them does not tell what is inside. Sets and accessories "
        "are the usual harmless cause.",
        source=f"{HS}; own word lists in `features/contents_words.py`",
    ),
    _entry(
        "LICENCE_MISSING",
        "document",
        document.licence_missing,
        meaning="Goods of chapter 93 are declared without the reference of a licence or permit.",
        why="States authorise each export, import and transit of firearms, their parts and ammunition; lawful trade "
        "can name its authorisation.",
        source=PROTOCOL,
        owner=LICENSING_UNIT,
    ),
    _entry(
        "DOCUMENTS_WITH_GOODS",
        "document",
        document.documents_with_goods,
        meaning="A parcel declared as documents is heavy or carries goods other than paper.",
        why="Documents are checked least, which makes them a cover. Books sent as documents are the usual harmless "
        "cause.",
        source=POSTAL,
        owner=POSTAL_UNIT,
    ),
)
_COMMERCIAL = (
    _entry(
        "VALUE_PER_KG_LOW",
        "commercial",
        commercial.value_per_kg_low,
        meaning="The declared value per kilogram is implausibly low for the HS chapter.",
        why="A false content is often given a careless value, and low values avoid duty and questions. Gifts and used "
        "goods are the usual harmless causes.",
        source=OWN_BOUNDS,
    ),
    _entry(
        "VALUE_PER_KG_HIGH",
        "commercial",
        commercial.value_per_kg_high,
        meaning="The declared value per kilogram is implausibly high for the HS chapter.",
        why="A high insured value for goods of a cheap kind says that something dearer is inside. A weight given in "
        "kilograms instead of grams is the usual harmless cause.",
        source=OWN_BOUNDS,
    ),
    _entry(
        "VALUE_TOKEN",
        "commercial",
        commercial.value_token,
        meaning="The declared value is nothing, or at most one unit of the currency.",
        why="Such a value is a formality, not a price. Free samples and cheap small goods are the usual harmless "
        "causes.",
        source=SAFE,
    ),
    _entry(
        "POSTAGE_DISPROPORTIONATE",
        "commercial",
        commercial.postage_disproportionate,
        meaning="The postage is a multiple of the declared value.",
        why="Who pays much to send little values the content more than declared. Urgent spare parts and letters of "
        "sentimental value are the usual harmless causes.",
        source=OWN,
    ),
)
_BEHAVIOURAL = (
    _entry(
        "TRANSIT_WITHOUT_REASON",
        "behavioural",
        behavioural.transit_without_reason,
        meaning="The parcel passes countries that the way from origin to destination does not explain.",
        why="Detours hide where a parcel comes from and spread it over several authorities. Carriers' hubs are the "
        "usual harmless cause, so a site lists them.",
        source=f"{TRAFFICKING}; own rule of this project",
    ),
    _entry(
        "NEW_ACCOUNT_HIGH_VALUE",
        "behavioural",
        behavioural.new_account_high_value,
        meaning="An account opened shortly before sends or receives goods of high value.",
        why="Accounts made for one purpose are dropped after it. Every honest customer is new once.",
        source=f"{SAFE}; {OWN[0].lower()}{OWN[1:]}",
    ),
)
_PHYSICAL = (
    _entry(
        "WEIGHTS_ABOVE_GROSS",
        "physical",
        physical.weights_above_gross,
        meaning="The articles are declared heavier than the whole parcel.",
        why="One of the two weights is invented. Confused units are the usual harmless cause.",
        source=SAFE,
    ),
    _entry(
        "DENSITY_IMPLAUSIBLE",
        "physical",
        physical.density_implausible,
        meaning="The parcel is denser than packed metal.",
        why="Weight or size is false, or the parcel is a block of heavy metal. Sizes given in centimetres are the "
        "usual harmless cause.",
        source=OWN,
    ),
    _entry(
        "HS_ARMS_CHAPTER",
        "physical",
        physical.hs_arms_chapter,
        meaning="The goods are declared as arms, ammunition, or their parts (HS chapter 93).",
        why="Lawful trade exists and is licensed; each such parcel is checked against its licence.",
        source=HS,
        owner=LICENSING_UNIT,
    ),
    _entry(
        "HS_COVER_HEADING",
        "physical",
        physical.hs_cover_heading,
        meaning="The goods are declared under an HS heading that often covers for firearm parts.",
        why="Parts travel as screws, tools, machine parts, car parts, toys or tackle. Nearly all parcels of these "
        "headings are honest: this counts only together with others.",
        source=f"{TRAFFICKING}; headings chosen by this project",
    ),
    _entry(
        "FIREARM_VOCABULARY",
        "physical",
        physical.firearm_vocabulary,
        meaning="The description names firearms, their parts or ammunition.",
        why="Some senders declare openly, from ignorance or because the goods are free where they live. Phrases of "
        "ordinary goods (glue gun, water pistol) are left out by a list.",
        source=f"{PROTOCOL}; {TRAFFICKING}",
        owner=LICENSING_UNIT,
    ),
    _entry(
        "CONVERTIBLE_VOCABULARY",
        "physical",
        physical.convertible_vocabulary,
        meaning="The description or HS heading is of convertible, blank-firing, air or imitation weapons.",
        why="Blank-firing and deactivated weapons are converted into working ones. Sport, film and toys are the usual "
        "harmless causes.",
        source=TRAFFICKING,
        owner=LICENSING_UNIT,
    ),
)

REGISTER: tuple[Indicator, ...] = (*_DOCUMENT, *_COMMERCIAL, *_BEHAVIOURAL, *_PHYSICAL)
