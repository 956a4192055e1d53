"""Indicators of the declaration itself: identifier, parties, description, classification, licence."""

from __future__ import annotations

from collections.abc import Iterator

from features.codes import HS_CHAPTERS, hs_chapter, hs_digits
from features.contents import kinds_in_words
from features.identifiers import parse_s10, s10_fault
from features.indicators.lists import IndicatorLists
from features.indicators.places import items, quoted
from features.indicators.terms import read
from features.indicators.types import Found
from features.indicators.wording import vagueness
from features.manifest import Manifest, Party
from features.text import words

ARMS_CHAPTER = 93
HEAVY_DOCUMENTS_G = 2000.0
LEAST_LETTERS = 2
PAPER_CHAPTERS = frozenset({48, 49})


def s10_invalid(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A postal item whose identifier is no valid S10."""
    fault = s10_fault(manifest.item_id) if manifest.channel == "postal" else None
    if fault:
        yield Found(f"The item number {quoted(manifest.item_id)} is no valid S10 identifier: {fault}.", "item_id")


def s10_service_mismatch(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A postal item whose S10 service letter belongs to another class of mail than the one declared."""
    identifier = parse_s10(manifest.item_id) if manifest.channel == "postal" else None
    service = identifier.service_class if identifier else None
    if identifier and service and manifest.mail_class and manifest.mail_class not in service.mail_classes:
        text = f"Letter {identifier.service[0]} of the item number stands for {service.meaning}; declared as "
        yield Found(f"{text}{manifest.mail_class}.", "mail_class")


def s10_country_mismatch(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A postal item numbered by another country's operator than the declared origin's."""
    identifier = parse_s10(manifest.item_id) if manifest.channel == "postal" else None
    if identifier is None or identifier.country == manifest.origin_country:
        return
    if manifest.origin_country not in lists.s10_shared.get(identifier.country, frozenset()):
        text = f"The item number was issued in {identifier.country}; declared origin is {manifest.origin_country}."
        yield Found(text, "origin_country")


def description_missing(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A line that has an HS code and no words."""
    for path, item in items(manifest):
        if item.description is None:
            yield Found(f"No description; the line has only HS code {quoted(item.hs_code)}.", path)


def description_vague(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A description that names no goods."""
    for path, item in items(manifest):
        why = vagueness(item.description, lists) if item.description else None
        if why:
            yield Found(f"The description {quoted(item.description)} is vague: {why}.", f"{path}.description")


def party_name_missing(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A sender or recipient who is not declared, or has neither a name nor a company."""
    for role, party in _parties(manifest):
        if party is None:
            yield Found(f"No {role} was declared.", role)
        elif party.name is None and party.company is None:
            yield Found(f"The {role} has neither a name nor a company.", f"{role}.name")


def party_name_placeholder(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A name or company that is a placeholder: nothing is left of it but filler words, or no letter at all."""
    for role, party in _parties(manifest):
        for field in ("name", "company") if party else ():
            value = getattr(party, field)
            if value is not None and _placeholder(value, lists):
                text = f"The {role}'s {field} {quoted(value)} is a placeholder, no {field}."
                yield Found(text, f"{role}.{field}")


def address_incomplete(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A declared party without street lines, city, country, or a postcode where the country uses them."""
    for role, party in _parties(manifest):
        if party is not None and (gaps := _gaps(party, lists)):
            yield Found(f"The {role}'s address lacks {_listed(gaps)}.", f"{role}.{_FIELD_OF[gaps[0]]}")


def hs_code_missing(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A line without an HS code."""
    for path, item in items(manifest):
        if item.hs_code is None:
            yield Found(f"No HS code for {quoted(item.description)}.", path)


def hs_code_invalid(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """An HS code that is not 4 or 6 to 12 digits, or whose chapter does not exist."""
    for path, item in items(manifest):
        if item.hs_code is not None and hs_digits(item.hs_code) is None:
            text = f"The HS code {quoted(item.hs_code)} is not 4 or 6 to 12 digits of an existing chapter."
            yield Found(text, f"{path}.hs_code")


def description_hs_mismatch(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A description whose words belong to other chapters than the HS code."""
    for path, item in items(manifest):
        chapter = hs_chapter(item.hs_code)
        kinds = kinds_in_words(item.description, purpose=False) if chapter in HS_CHAPTERS else ()
        if chapter is None or not kinds or any(chapter in kind.chapters for kind in kinds):
            continue
        named = " or ".join(kind.name for kind in kinds)
        text = f"The words {quoted(item.description)} name {named}; HS chapter {chapter:02d} is {HS_CHAPTERS[chapter]}."
        yield Found(text, f"{path}.hs_code")


def licence_missing(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """Goods of chapter 93 without a licence or permit that has a reference."""
    declared = [(path, item) for path, item in items(manifest) if hs_chapter(item.hs_code) == ARMS_CHAPTER]
    if not declared or _licensed(manifest, lists):
        return
    path, item = declared[0]
    text = f"HS code {item.hs_code} (chapter 93, arms) is declared without the reference of a licence or permit."
    yield Found(text, "documents" if manifest.documents else f"{path}.hs_code")


def documents_with_goods(manifest: Manifest, lists: IndicatorLists) -> Iterator[Found]:
    """A parcel declared as documents that is heavy, or has a line outside paper and print."""
    if manifest.nature != "documents":
        return
    if manifest.gross_weight_g is not None and manifest.gross_weight_g > HEAVY_DOCUMENTS_G:
        yield Found(f"Declared as documents, with a gross weight of {manifest.gross_weight_g:g} g.", "gross_weight_g")
    for path, item in items(manifest):
        chapter = hs_chapter(item.hs_code)
        if chapter is not None and chapter not in PAPER_CHAPTERS:
            yield Found(f"Declared as documents, with a line of HS chapter {chapter:02d}.", f"{path}.hs_code")


_FIELD_OF = {"street lines": "address", "a city": "city", "a country": "country", "a postcode": "postcode"}


def _parties(manifest: Manifest) -> tuple[tuple[str, Party | None], ...]:
    return ("sender", manifest.sender), ("recipient", manifest.recipient)


def _placeholder(value: str, lists: IndicatorLists) -> bool:
    if not _begins_with_letters(value) and sum(char.isalpha() for char in value) < LEAST_LETTERS:
        return True
    if value.isascii() and any(_a_name(word) and lists.placeholders.leaves(word) for word in words(value)):
        return False
    left = lists.placeholders.without(read(value))
    return not left.written and not any(_a_name(word) for word in left.tokens)


def _begins_with_letters(value: str) -> bool:
    # As most names do: then there is no need to count them.
    first = value[:LEAST_LETTERS]
    return len(first) == LEAST_LETTERS and first.isalpha()


def _a_name(word: str) -> bool:
    # An initial is enough beside a word of the list ("A. Client"); "xxx", "x" and "123" are no names.
    return word.isalpha() and word != "x" and not (len(word) > LEAST_LETTERS and len(set(word)) == 1)


def _gaps(party: Party, lists: IndicatorLists) -> list[str]:
    lines = any(_says_something(line, lists) for line in party.address or ())
    gaps = [] if lines else ["street lines"]
    gaps += [] if party.city else ["a city"]
    gaps += [] if party.country else ["a country"]
    if not party.postcode and party.country and party.country not in lists.no_postcode:
        gaps.append("a postcode")
    return gaps


def _says_something(line: str, lists: IndicatorLists) -> bool:
    if line.isascii() and any(map(lists.placeholders.leaves, words(line))):
        return True
    return not lists.placeholders.without(read(line)).empty


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _licensed(manifest: Manifest, lists: IndicatorLists) -> bool:
    for document in manifest.documents or ():
        kind = " ".join(read(document.type).tokens) + document.type.casefold()
        if document.reference and any(word in kind for word in lists.licence_words):
            return True
    return False
