"""What the declared contents should look like in an X-ray picture.

From the HS chapters and the words of every article line comes an expected range of the dense-metal share. The bounds
are our own broad ones, from what such goods are made of: zips, buttons and buckles in clothing, staples in books, tins
and lids with food, shanks in shoes, motors and batteries in toys. A parcel with several lines takes the widest
expectation, and one line of which nothing can be expected makes the whole parcel unpredictable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from features.codes import hs_chapter
from features.contents_words import KINDS, Kind
from features.indicators.terms import Text, read
from features.manifest import Item, Manifest


@dataclass(frozen=True, slots=True)
class Look:
    """Expected share of dense metal among the object's pixels, 0 to 1."""

    least_metal: float
    most_metal: float


# Kinds that are not named here (machinery, electronics, vehicle parts, tools, jewellery, instruments, furniture, music,
# goods of light metal) may show any share of metal.
ANY_LOOK = Look(0.0, 1.0)
# The bounds lie just above the most that synthetic scenes of such goods alone showed in any format (30 scenes a kind,
# sparse, three formats: books 1.8 %, food 1.3 %, shoes 2.9 %, cosmetics 2.9 %, toys 3.4 %, crockery 3.5 %); kinds that
# the phantom does not make (leather, medicines, wood) are set by likeness. Real scanners have not been measured.
LOOKS: Mapping[str, Look] = {
    "TEXTILES": Look(0.0, 0.02),
    "PAPER": Look(0.0, 0.02),
    "FOOD": Look(0.0, 0.03),
    "PLASTICS": Look(0.0, 0.03),
    "FOOTWEAR": Look(0.0, 0.03),
    "LEATHER": Look(0.0, 0.03),
    "COSMETICS": Look(0.0, 0.04),
    "MEDICINES": Look(0.0, 0.02),
    "WOOD": Look(0.0, 0.03),
    "CERAMICS": Look(0.0, 0.04),
    "TOYS": Look(0.0, 0.05),
}
# Articles of iron, steel, copper, lead, zinc and tin show dense metal; aluminium and thin sheet need not.
HEAVY_METAL_CHAPTERS = frozenset({72, 73, 74, 78, 79, 80})
HEAVY_METAL_LOOK = Look(0.005, 1.0)

PURPOSE_WORDS = frozenset({"for", "para", "pour", "fur"})


@dataclass(frozen=True, slots=True)
class ExpectedLook:
    """What the declared contents should look like.

    Attributes:
        kind: Code of the kind of goods that allows the most metal, for example TEXTILES; None where nothing can be
            expected.
        name: That kind in plain words, for example "textiles and clothing".
        least_metal: Least share of dense metal among the object's pixels, 0 to 1.
        most_metal: Most share of it; 1.0 where any share is possible.
    """

    kind: str | None
    name: str
    least_metal: float
    most_metal: float

    @property
    def limited(self) -> bool:
        """Whether some share of metal would contradict the declaration."""
        return self.most_metal < 1.0


NOTHING_EXPECTED = ExpectedLook(None, "goods of any kind", 0.0, 1.0)


def expected_look(manifest: Manifest) -> ExpectedLook:
    """Return what all declared articles together should look like: the widest expectation of all lines."""
    if all(hs_chapter(item.hs_code) in HEAVY_METAL_CHAPTERS for item in manifest.items):
        return ExpectedLook("METALWARE", "metal goods", HEAVY_METAL_LOOK.least_metal, HEAVY_METAL_LOOK.most_metal)
    kinds: list[Kind] = []
    for item in manifest.items:
        found = kinds_of(item)
        if not found:
            return NOTHING_EXPECTED
        kinds.extend(found)
    widest = max(kinds, key=lambda kind: LOOKS.get(kind.code, ANY_LOOK).most_metal)
    look = LOOKS.get(widest.code, ANY_LOOK)
    return ExpectedLook(widest.code, widest.name, look.least_metal, look.most_metal)


def kinds_of(item: Item) -> tuple[Kind, ...]:
    """Return the kinds of goods that a line's HS chapter and words name; empty where neither names one.

    A well-formed HS code of a chapter that belongs to no kind (chemicals, arms, works of art) leaves it open as well:
    then the words alone say nothing certain.
    """
    chapter = hs_chapter(item.hs_code)
    by_code = [_home_kinds().get(chapter)] if chapter is not None else []
    if by_code == [None]:
        return ()
    return tuple(dict.fromkeys([*(kind for kind in by_code if kind), *kinds_in_words(item.description)]))


def kinds_in_words(description: str | None, *, purpose: bool = True) -> tuple[Kind, ...]:
    """Return the kinds of goods that a description names, in the order of KINDS.

    Args:
        description: As declared; None names nothing.
        purpose: Whether what stands after a word of purpose counts: a `case for phone` is no phone, but may look
            like one where both are sent.
    """
    if not description:
        return ()
    text = read(description) if purpose else _without_purpose(read(description))
    # Chinese terms have no first words to look them up by.
    likely = KINDS if text.written else _kinds_near(text)
    return tuple([kind for kind in likely if kind.words.found_in(text)])


def _kinds_near(text: Text) -> tuple[Kind, ...]:
    """Return the kinds with a term that begins with one of the words, in the order of KINDS."""
    by_word = _kinds_by_word()
    # Starred terms, whose first word is no whole word, stand under the empty text: they are always tried.
    near = {*by_word.get("", ())}.union(*[by_word[form] for form in text.forms if form in by_word])
    return tuple([KINDS[place] for place in sorted(near)])


@cache
def _kinds_by_word() -> Mapping[str, tuple[int, ...]]:
    """Return the places in KINDS by the first word of their terms, so that most descriptions are looked up once."""
    found: dict[str, tuple[int, ...]] = {}
    for place, kind in enumerate(KINDS):
        for word in kind.words.first_words:
            found[word] = (*found.get(word, ()), place)
    return found


def _without_purpose(text: Text) -> Text:
    if text.forms.isdisjoint(PURPOSE_WORDS):
        return text
    ends = [index for index, word in enumerate(text.tokens) if index > 0 and word in PURPOSE_WORDS]
    return Text(text.tokens[: ends[0]], text.characters, text) if ends else text


@cache
def _home_kinds() -> Mapping[int, Kind]:
    return dict(_homes())


def _homes() -> Iterator[tuple[int, Kind]]:
    for kind in KINDS:
        for chapter in kind.home:
            yield chapter, kind
