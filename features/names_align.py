"""Which word of one name stands for which of the other, and what remains different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from features.names_sound import FAR, bare_distance, distance, symbol_distance
from features.names_tokens import Prepared, Word

SAME = 0.12
"""Words joined to one count as that one up to this distance."""
LONGEST_JOIN = 3
PARTICLE_PAIR = 0.3


@dataclass(frozen=True, slots=True)
class Differences:
    """What two names differ in; each 0 where nothing differs, larger for more.

    Attributes:
        slip: Distance between words that stand for each other, the first quarter of each, summed.
        variant: The same, the second quarter; beyond one half it is another word altogether.
        extra: Weight of words that only the longer name has.
        lone: The same where the shorter name is a single word.
        initial: How many words stand against a mere initial.
        order: Whether parent and child change places: A bin B against B bin A.
        number: How many numbers only the longer name has.
        form: Whether both have legal forms, and other ones.
        whole: 1 minus the share of letters in common, all words sorted.
    """

    slip: float = 0.0
    variant: float = 0.0
    extra: float = 0.0
    lone: float = 0.0
    initial: float = 0.0
    order: float = 0.0
    number: float = 0.0
    form: float = 0.0
    whole: float = 0.0

    def values(self) -> tuple[float, ...]:
        """Return all in the order of the fields."""
        return (self.slip, self.variant, self.extra, self.lone, self.initial, self.order, self.number, self.form,
                self.whole)  # fmt: skip


@dataclass(slots=True)
class _Sides:
    """What of both names still stands alone, and what was found so far."""

    one: list[Word]
    two: list[Word]
    pairs: list[tuple[float, float]]
    initials: int = 0


def differences(one: Prepared, two: Prepared) -> Differences:
    """Return what two names differ in; symmetric, and does not depend on the order of words but for child-of words."""
    if one.key == two.key:
        return Differences(form=_other_forms(one, two))
    one, two = sorted((one, two), key=lambda name: (name.key, [word.text for word in name.words]))
    sides = _Sides(list(one.words), list(two.words), [])
    _pair_equal(sides)
    _pair_joined(sides)
    _pair_initials(sides, any(_full(word) for word in one.words if word not in sides.one))
    _pair_nearest(sides)
    return _summed(one, two, sides)


def _summed(one: Prepared, two: Prepared, sides: _Sides) -> Differences:
    rest = (*sides.one, *sides.two)
    extra = sum(word.weight for word in rest)
    count = min(sum(word.weight >= 0.5 for word in name.words) for name in (one, two))
    return Differences(
        slip=sum(weight * min(away, 0.25) for away, weight in sides.pairs) * 4,
        variant=sum(weight * min(max(away - 0.25, 0), 0.25) for away, weight in sides.pairs) * 4,
        extra=extra,
        lone=extra if count <= 1 else 0.0,
        initial=float(sides.initials),
        order=_other_order(one, two),
        number=float(sum(word.role == "number" for word in rest)),
        form=_other_forms(one, two),
        whole=1 - fuzz.ratio(_joined(one), _joined(two)) / 100,
    )


def _pair_equal(sides: _Sides) -> None:
    for word in list(sides.one):
        twin = next((other for other in sides.two if other.text == word.text), None)
        if twin is not None:
            sides.one.remove(word)
            sides.two.remove(twin)


def _pair_joined(sides: _Sides) -> None:
    """Pair words written apart on one side and together on the other."""
    for here, there in ((sides.one, sides.two), (sides.two, sides.one)):
        for whole in list(here):
            if len(whole.text) > 3:
                _join(whole, here, there, sides)


def _join(whole: Word, here: list[Word], there: list[Word], sides: _Sides) -> None:
    for length in range(2, LONGEST_JOIN + 1):
        for start in range(len(there) - length + 1):
            run = there[start : start + length]
            if abs(sum(len(word.text) for word in run) - len(whole.text)) > 2:
                continue
            away = distance("".join(word.text for word in run), whole.text)
            if away <= SAME and away < min(distance(word.text, whole.text) for word in run):
                here.remove(whole)
                del there[start : start + length]
                sides.pairs.append((away, 1.0))
                return


def _pair_initials(sides: _Sides, known: bool) -> None:
    if not known:
        # Initials alone name nobody: a full word must agree first.
        return
    for here, there in ((sides.one, sides.two), (sides.two, sides.one)):
        for word in list(here):
            if len(word.text) <= LONGEST_JOIN and not word.symbols and word.role in ("initial", "word"):
                run = _run_of_initials(word.text, there)
                if run:
                    here.remove(word)
                    for full in run:
                        there.remove(full)
                    sides.initials += len(run)


def _full(word: Word) -> bool:
    return bool(word.symbols) or (len(word.text) > 1 and word.role in ("word", "generic"))


def _run_of_initials(letters: str, words: Sequence[Word]) -> list[Word]:
    long = [word for word in words if _full(word) and word.text]
    for start in range(len(long) - len(letters) + 1):
        run = long[start : start + len(letters)]
        if all(word.text[0] == letter for word, letter in zip(run, letters, strict=True)):
            return run
    return []


def _pair_nearest(sides: _Sides) -> None:
    """Pair the words that remain, nearest first, until one side has none left."""
    found = sorted(
        (_apart(word, other), word.text, other.text, place, where)
        for place, word in enumerate(sides.one)
        for where, other in enumerate(sides.two)
    )
    mine: set[int] = set()
    theirs: set[int] = set()
    for away, _, _, place, where in found:
        if place not in mine and where not in theirs:
            mine.add(place)
            theirs.add(where)
            sides.pairs.append((away, _weight_of_pair(sides.one[place], sides.two[where])))
    sides.one = [word for place, word in enumerate(sides.one) if place not in mine]
    sides.two = [word for where, word in enumerate(sides.two) if where not in theirs]


def _weight_of_pair(one: Word, two: Word) -> float:
    """Return what it says that one word stands where the other does: even everyday words tell companies apart."""
    return PARTICLE_PAIR if one.role == two.role == "particle" else 1.0


def _apart(one: Word, two: Word) -> float:
    if one.symbols and two.symbols:
        return symbol_distance(one.symbols, two.symbols)
    if "number" in (one.role, two.role):
        return FAR
    if one.bare != two.bare:
        return bare_distance(one.text, two.text)
    return distance(one.text, two.text)


def _other_order(one: Prepared, two: Prepared) -> float:
    texts = [{word.text for word in name.words} - name.bound for name in (one, two)]
    return float(not one.bound.isdisjoint(texts[1]) and not two.bound.isdisjoint(texts[0]))


def _other_forms(one: Prepared, two: Prepared) -> float:
    return float(bool(one.forms) and bool(two.forms) and one.forms.isdisjoint(two.forms))


def _joined(name: Prepared) -> str:
    return " ".join(sorted(word.text for word in name.words))
