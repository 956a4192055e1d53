"""Code lists that a manifest refers to: countries, currencies and the Harmonized System's chapters.

Facts restated in an own table, so that nothing is fetched at run time and a change of a list is a change one can
review. Sources: ISO 3166-1 (alpha-2 codes officially assigned), ISO 4217 (active alphabetic codes), and the World
Customs Organization's Harmonized System, edition 2022 (chapters; the titles are our own short words).
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

CODES_AS_OF = date(2026, 11, 1)

COUNTRIES: frozenset[str] = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - 249 quoted strings would be harder to review
)

# XXX is ISO 4217's code for "no currency": amounts in a unit of their own, as in anonymised tables.
CURRENCIES: frozenset[str] = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF XXX YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 - 249 quoted strings would be harder to review
)

# Money of declarations made before the change must stay readable, or a table of past parcels could not be learnt from.
WITHDRAWN_CURRENCIES: dict[str, date] = {
    "HRK": date(2023, 1, 1),
    "SLL": date(2024, 1, 1),
    "ZWL": date(2024, 9, 1),
    "ANG": date(2025, 7, 1),
    "BGN": date(2026, 1, 1),
}

HS_CHAPTERS: dict[int, str] = {
    1: "live animals",
    2: "meat",
    3: "fish and shellfish",
    4: "dairy, eggs and honey",
    5: "other animal products",
    6: "live plants and cut flowers",
    7: "vegetables",
    8: "fruit and nuts",
    9: "coffee, tea and spices",
    10: "cereals",
    11: "flour, malt and starch",
    12: "seeds and medicinal plants",
    13: "gums and plant extracts",
    14: "other plant products",
    15: "fats and oils",
    16: "prepared meat and fish",
    17: "sugar and sweets",
    18: "cocoa and chocolate",
    19: "cereal preparations and bakery",
    20: "prepared vegetables and fruit",
    21: "various food preparations",
    22: "drinks and vinegar",
    23: "animal feed",
    24: "tobacco",
    25: "salt, stone, lime and cement",
    26: "ores and slag",
    27: "mineral fuels and oils",
    28: "inorganic chemicals",
    29: "organic chemicals",
    30: "medicines",
    31: "fertilisers",
    32: "dyes, paints and inks",
    33: "perfumery and cosmetics",
    34: "soap, waxes and candles",
    35: "glues and proteins",
    36: "explosives, fireworks and matches",
    37: "photographic goods",
    38: "various chemical products",
    39: "plastics and plastic articles",
    40: "rubber and rubber articles",
    41: "hides and leather",
    42: "leather articles and bags",
    43: "furs",
    44: "wood and wooden articles",
    45: "cork",
    46: "basketware",
    47: "pulp",
    48: "paper and card",
    49: "books and printed matter",
    50: "silk",
    51: "wool",
    52: "cotton",
    53: "other plant textile fibres",
    54: "man-made filaments",
    55: "man-made staple fibres",
    56: "felt, twine and rope",
    57: "carpets",
    58: "special fabrics and lace",
    59: "coated fabrics",
    60: "knitted fabrics",
    61: "knitted clothing",
    62: "woven clothing",
    63: "other made-up textiles and worn clothing",
    64: "footwear",
    65: "headgear",
    66: "umbrellas and walking sticks",
    67: "feathers, artificial flowers and wigs",
    68: "articles of stone or cement",
    69: "ceramics",
    70: "glass",
    71: "jewellery and precious metals",
    72: "iron and steel",
    73: "articles of iron or steel",
    74: "copper and copper articles",
    75: "nickel and nickel articles",
    76: "aluminium and aluminium articles",
    78: "lead and lead articles",
    79: "zinc and zinc articles",
    80: "tin and tin articles",
    81: "other base metals",
    82: "tools and cutlery",
    83: "locks, fittings and other metal articles",
    84: "machinery and its parts",
    85: "electrical and electronic goods",
    86: "railway goods",
    87: "vehicles and their parts",
    88: "aircraft and their parts",
    89: "ships and boats",
    90: "optical, measuring and medical instruments",
    91: "clocks and watches",
    92: "musical instruments",
    93: "arms and ammunition, their parts and accessories",
    94: "furniture, bedding and lamps",
    95: "toys, games and sports goods",
    96: "various manufactured articles",
    97: "works of art and antiques",
}

# 77 is reserved for future use by the Harmonized System; 98 and 99 are left to national use.
NATIONAL_CHAPTERS = frozenset({98, 99})
KEPT_CODES = 1024
"""Codes kept at hand, 0.2 MB for each of two questions: a parcel's are asked about a dozen times over. Of those of
15,000 synthetic parcels 98 % were found among so many, and no more among four times as many."""
_SEPARATORS = re.compile(r"[.\s\-]")
_HS = re.compile(r"[0-9]{4}(?:[0-9]{2,8})?")


@lru_cache(maxsize=KEPT_CODES)
def hs_digits(code: str) -> str | None:
    """Return the digits of a Harmonized System code without dots, blanks and hyphens, or None where it is not one.

    A code has 4 digits (heading), 6 (subheading) or up to 12 (national lines), and begins with an existing chapter;
    98 and 99 are national chapters. Whether the heading itself exists is not checked: national tariffs differ.
    """
    digits = _SEPARATORS.sub("", code)
    if not _HS.fullmatch(digits):
        return None
    chapter = int(digits[:2])
    return digits if chapter in HS_CHAPTERS or chapter in NATIONAL_CHAPTERS else None


@lru_cache(maxsize=KEPT_CODES)
def hs_chapter(code: str | None) -> int | None:
    """Return the chapter, 1 to 99, of a well-formed Harmonized System code, else None."""
    digits = hs_digits(code) if code else None
    return int(digits[:2]) if digits else None


def hs_heading(code: str | None) -> str | None:
    """Return the four-digit heading of a well-formed Harmonized System code, else None."""
    digits = hs_digits(code) if code else None
    return digits[:4] if digits else None
