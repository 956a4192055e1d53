"""What a site may tune: term lists, thresholds and country lists of the indicators, as one value.

A site changes one with `dataclasses.replace(DEFAULT_LISTS, high_value_usd=1000)`; every threshold says where it comes
from. None of them is law: they decide what is worth mentioning, and the SOP decides what follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from features.indicators.terms import TermList
from features.indicators.terms_firearm import (
    CONTEXT_TERMS,
    CONVERTIBLE_TERMS,
    EXCLUSIONS,
    FIREARM_TERMS,
    PART_TERMS,
)
from features.indicators.terms_more import PLACEHOLDERS_MORE
from features.indicators.terms_vague import FILE_EXTENSIONS, FILLERS, QUALIFIERS, VAGUE_TERMS
from features.indicators.value_bounds import VALUE_PER_KG

PLACEHOLDER_NAMES = TermList(
    name="Placeholders for names and addresses",
    version="2",
    reviewed=date(2026, 11, 20),
    source="Own list: what people write into a field that they do not want to fill",
    terms={
        "en": (
            "abc", "address", "anonymous", "asdf", "asdfgh", "blank", "buyer", "client", "company", "consignee",
            "consignor", "customer", "dear customer", "f n u", "first name", "fnu", "foo bar", "given name", "john doe",
            "jane doe", "last name", "lnu", "mr", "mrs", "my friend", "n a", "na", "name", "nil", "no address",
            "no name", "none", "not available", "not given", "not known", "null", "occupant", "owner", "private",
            "private person", "qwerty", "receiver", "recipient", "same", "same as above", "sender", "shipper",
            "someone", "surname", "tba", "tbc", "tbd", "test", "test test", "the customer", "to order", "undefined",
            "unknown", "user", "xx", "xxx", "xyz",
        ),
        "es": ("anonimo", "cliente", "desconocido", "destinatario", "el mismo", "nombre", "particular", "remitente",
               "sin nombre", "sin direccion"),
        "fr": ("anonyme", "client", "destinataire", "expediteur", "inconnu", "le meme", "nom", "particulier", "prenom",
               "sans nom", "sans adresse"),
        "de": ("absender", "anonym", "empfanger", "kunde", "kein name", "keine angabe", "nachname", "privat",
               "privatperson", "unbekannt", "vorname"),
        "zh": ("不详", "测试", "客户", "买家", "匿名", "收件人", "寄件人", "未知", "无名"),
        "zh-latn": ("kehu", "maijia", "niming", "weizhi"),
        **PLACEHOLDERS_MORE,
    },
)  # fmt: skip

COVER_HEADINGS: Mapping[str, str] = {
    "7318": "screws, bolts, pins and similar articles",
    "7326": "other articles of iron or steel",
    "8205": "other hand tools",
    "8207": "interchangeable tools",
    "8421": "centrifuges and filters (solvent traps are sold as filters)",
    "8466": "parts and holders for machine tools",
    "8487": "machine parts without electrical features",
    "8708": "parts of motor vehicles",
    "9503": "toys",
    "9507": "fishing and hunting tackle",
}
# Postcodes are not in use, or not in common use, in these places; the list errs on the side of not asking.
NO_POSTCODE: frozenset[str] = frozenset(
    """
    AE AG AO AW BB BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GN GQ GY HK IE JM KI KM KN KP
    KY LC LY ML MO MR MW NR NU PA QA RW SB SC SL SR ST SX SY TD TF TG TK TL TO TT TV UG VU YE ZW
    """.split()  # noqa: SIM905 - a block of codes is easier to review
)
# Territories whose post is commonly numbered with the identifiers of another country's operator.
S10_SHARED: Mapping[str, frozenset[str]] = {
    "CH": frozenset({"LI"}),
    "DK": frozenset({"FO", "GL"}),
    "FI": frozenset({"AX"}),
    "FR": frozenset({"BL", "GF", "GP", "MC", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"}),
    "GB": frozenset({"GG", "IM", "JE"}),
    "IT": frozenset({"SM", "VA"}),
    "NO": frozenset({"SJ"}),
    "US": frozenset({"AS", "GU", "MP", "PR", "UM", "VI"}),
}
LICENCE_WORDS = (
    "licence", "license", "permit", "licencia", "permiso", "autorizacion", "authorisation", "authorization", "permis",
    "autorisation", "lizenz", "genehmigung", "erlaubnis", "certificate of end use", "end user certificate", "许可",
    "許可", "xuke",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class IndicatorLists:
    """Every list and threshold that the indicators use.

    Attributes:
        vague: Terms too general to name goods.
        qualifiers: Words that narrow nothing down by themselves.
        fillers: Grammar, units and counting words.
        file_extensions: Endings that make a description a file's name.
        placeholders: What stands in a name or address field that was not really filled.
        firearm: Words for firearms, parts and ammunition that count wherever they stand.
        parts: Everyday words that count only beside a `contexts` word.
        contexts: Calibres and words of shooting.
        exclusions: Harmless phrases cut out before firearm words are looked for.
        convertible: Words for convertible, blank-firing and imitation weapons.
        cover_headings: Four-digit HS headings that often cover for parts, with what they are.
        value_per_kg: Plausible US dollars per kilogram by HS chapter, (low, high).
        transit_countries: Countries, ISO 3166-1 alpha-2, through which a transit is always worth a look. Empty by
            default: which they are is a site's own risk analysis and changes with routes.
        carrier_hubs: By carrier_id, the countries in which the carrier sorts; a transit there has its reason.
        many_transits: A route with so many transit countries without a hub has no direct reason. Own choice: post
            rarely crosses more than two.
        new_account_days: An account younger than this at declaration is new. Own choice: one month of trade.
        high_value_usd: Declared value, US dollars, from which a new account is worth a look. Own choice.
        postage_ratio: Postage over declared value from which it is out of proportion. Own choice: small goods of web
            shops often cost less than their postage, hardly ever less than a fifth of it.
        postage_floor_usd: Postage below this, US dollars, is never out of proportion.
        weight_tolerance: Share by which article weights may exceed the gross weight: scales and rounding.
        densest_kg_per_litre: Gross weight over outer volume beyond which a parcel is denser than packed metal. Own
            choice: steel is 7.9, and a box of loose steel parts stays under 5.
        no_postcode: Countries where no postcode is asked for.
        s10_shared: By the country of an S10 identifier, the origins that may use it.
        licence_words: What a document's type says when it is a licence or permit.
    """

    vague: TermList = VAGUE_TERMS
    qualifiers: TermList = QUALIFIERS
    fillers: TermList = FILLERS
    file_extensions: tuple[str, ...] = FILE_EXTENSIONS
    placeholders: TermList = PLACEHOLDER_NAMES
    firearm: TermList = FIREARM_TERMS
    parts: TermList = PART_TERMS
    contexts: TermList = CONTEXT_TERMS
    exclusions: TermList = EXCLUSIONS
    convertible: TermList = CONVERTIBLE_TERMS
    cover_headings: Mapping[str, str] = field(default_factory=lambda: COVER_HEADINGS)
    value_per_kg: Mapping[int, tuple[float, float]] = field(default_factory=lambda: VALUE_PER_KG)
    transit_countries: frozenset[str] = frozenset()
    carrier_hubs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    many_transits: int = 3
    new_account_days: int = 30
    high_value_usd: float = 500.0
    postage_ratio: float = 5.0
    postage_floor_usd: float = 15.0
    weight_tolerance: float = 0.05
    densest_kg_per_litre: float = 6.0
    no_postcode: frozenset[str] = NO_POSTCODE
    s10_shared: Mapping[str, frozenset[str]] = field(default_factory=lambda: S10_SHARED)
    licence_words: tuple[str, ...] = LICENCE_WORDS


DEFAULT_LISTS = IndicatorLists()
