"""What a rule's `when` may say."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any, get_args

from features.manifest import Channel, Direction, MailClass, Nature
from models.results import PARTS, Assessment
from sop.findings import Mark, Report
from sop.reading.codes import COUNTRY, HsPrefix
from sop.reading.listed import codes_shape
from sop.reading.scalars import Choice, Number, Text
from sop.reading.shapes import Key, Later, ListOf, Made, OneOrMany, Record, Shape, Table
from sop.signals import ANY, NO_PICTURE, PART_PREFIX
from sop.types import STAGES, AnyOf, BeginsWith, Like, OneOf, When, Within
from sop.vocabulary import Vocabulary

Bounds = tuple[float | None, float | None]
SCORE = Number()
COUNT = Number(high=1_000_000, whole=True)
_OF_THE_RULE = "it belongs to the rule itself: set it in as far as `when`."
_OF_A_SCORE = "name the score it is about, for example risk: {at_least: 0.20}."
UPPER_WORDS = ("at_most", "max", "maximum", "under", "less_than", "up_to", "to", "until")
LOWER_WORDS = ("min", "minimum", "above", "over", "more_than", "greater_than", "exceeds")
NO_THRESHOLDS: Map[str, str] = {
    **dict.fromkeys(UPPER_WORDS, "write `below`, which holds under the number, the number itself not included."),
    **dict.fromkeys((*LOWER_WORDS, "from"), "write `at_least`, which holds from the number on, itself included."),
}
"""What authors write for the bounds of a score."""
NO_CONDITIONS: Map[str, str] = {
    **dict.fromkeys(("at_least", "below", *UPPER_WORDS, *LOWER_WORDS), _OF_A_SCORE),
    **dict.fromkeys(("lane", "title", "reference", "reviewed", "instructions", "from", "until", "trim"), _OF_THE_RULE),
    "assessment": "write it under xray: {assessment: alarm}.",
    "score": "name which: risk, xray or combined.",
    "country": "name which: origin_country, destination_country or transit_country.",
    "list": "name what is on it, for example origin_country: {list: ...}.",
}
"""What authors write under `when` that stands elsewhere."""

STATION = Text("the name of a station", longest=64)


def when_shape(vocabulary: Vocabulary) -> Record[When]:
    """Return the shape of `when` under a vocabulary."""
    shape: Record[When]
    alternatives: Shape[tuple[When, ...]] = ListOf(Later("when", lambda: shape), "a list of conditions")
    either: Key[When] = Key(
        "any",
        Made(alternatives, lambda whens: (AnyOf(whens),)),
        "Holds when at least one of the listed conditions holds; each has the form of a `when` of its own.",
        "any: [{risk: {at_least: 0.20}}, {watchlist: any}]",
    )
    keys = (*_declared_keys(vocabulary), *_score_keys(), *_code_keys(vocabulary), either)
    sample = "for example {xray: {at_least: 0.90}}"
    shape = Record("`when`", keys, _all_of(keys), _not_empty, sample, NO_CONDITIONS)
    return shape


def _declared_keys(vocabulary: Vocabulary) -> tuple[Key[When], ...]:
    return (
        _words("stage", STAGES, "Where the parcel stands: before arrival, on advance data alone, or at a station."),
        Key(
            "station",
            Made(OneOrMany(STATION), lambda patterns: (Like("station", patterns),)),
            "The station that asks, by its name; `*` stands for any characters.",
            'station: ["leeds-*", hub-2]',
        ),
        _words("channel", get_args(Channel), "Who carries it: the post or a courier."),
        _words("mail_class", get_args(MailClass), "The class of mail."),
        _words("direction", get_args(Direction), "Whether it enters, leaves or crosses the country."),
        _words("nature", get_args(Nature), "What the sender declared it to be."),
        _countries("origin_country", "Where the parcel was posted.", vocabulary),
        _countries("destination_country", "Where it goes.", vocabulary),
        _countries("transit_country", "A country it passes on its way; one of them is enough.", vocabulary),
        Key(
            "hs_code",
            Made(codes_shape(HsPrefix(), "hs_code", vocabulary), lambda codes: (BeginsWith("hs_code", *codes),)),
            "The beginning of a declared HS code, in quotes, or a list of them; one article is enough.",
            'hs_code: ["9301", "9305"]',
        ),
    )


def _score_keys() -> tuple[Key[When], ...]:
    part_words: dict[str, str] = {part: f"Score of a {part.replace('_', ' ')}." for part in PARTS}
    return (
        _bounds_key("risk", SCORE, "The calibrated probability from the manifest.", "risk: {at_least: 0.20}"),
        _xray_key(),
        _bounds_key("combined", SCORE, "The probability from manifest and picture.", "combined: {at_least: 0.50}"),
        Key(
            "part",
            Made(Table(part_words, bounds(SCORE), "part"), _parts),
            "The best score of a named part in any picture; a part that was not seen has none and never matches. "
            "Several parts must all be seen.",
            "part: {barrel: {at_least: 0.50}}",
        ),
        _bounds_key(
            "finding_history", COUNT, "How many earlier illicit findings its people or addresses have.",
            "finding_history: {at_least: 1}",
        ),
    )  # fmt: skip


def _code_keys(vocabulary: Vocabulary) -> tuple[Key[When], ...]:
    indicators = Choice(vocabulary.indicators, "indicator", "indicator_unknown")
    contradictions = Choice(
        {ANY: "Every contradiction.", **vocabulary.contradictions}, "contradiction", "contradiction_unknown"
    )
    lists = Text("the name of a watch list", r"[A-Za-z0-9][A-Za-z0-9_.-]*", "is letters, digits, `_`, `-` and `.`")
    return (
        _one_of("indicator", indicators, "A raised indicator, by code; of several, one is enough.",
                "indicator: [S10_INVALID, DESCRIPTION_VAGUE]"),
        _one_of("contradiction", contradictions, f"A contradiction of picture and declaration, by code, or `{ANY}`.",
                "contradiction: DENSE_METAL_IN_TEXTILES"),
        _one_of("watchlist", lists, f"The name of a watch list that matched, or `{ANY}`.",
                f"watchlist: {ANY}"),
    )  # fmt: skip


def bounds(number: Number) -> Record[Bounds]:
    """Return the shape of `{at_least: ..., below: ...}`."""
    low, high = ("1", "3") if number.whole else ("0.20", "0.50")
    upper = Number(number.low, number.high, number.whole, above_low=True)
    keys: tuple[Key[Any], ...] = (
        Key("at_least", number, "Matches from this value on, the value included.", f"at_least: {low}"),
        Key("below", upper, "Matches under this value, the value not included.", f"below: {high}"),
    )
    sample = "write {at_least: ...}, {below: ...} or both"
    return Record("a threshold", keys, _bounds, _bounds_in_order, sample, NO_THRESHOLDS)


def _xray_key() -> Key[When]:
    words = {
        "alarm": "A region reached the scanner's alarm threshold.",
        "clear": "Judged, and nothing reached it.",
        "unknown": "A picture came that could not be judged, or only in part.",
        NO_PICTURE: "No picture came.",
    }
    assert set(get_args(Assessment)) < set(words)  # noqa: S101 - a new assessment must get its words here
    band = bounds(SCORE)
    assessment: Key[Any] = Key(
        "assessment", OneOrMany(Choice(words, "assessment")), "The detector's own verdict.", "assessment: alarm"
    )
    shape = Record(
        "`xray`", (*band.keys, assessment), _xray, _bounds_in_order,
        "write {at_least: ...}, {below: ...} or {assessment: ...}", NO_THRESHOLDS,
    )  # fmt: skip
    return Key("xray", shape, "The highest score of any part in any picture, and the verdict.", "xray: {at_least: 0.9}")


def _words(name: str, values: tuple[str, ...], meaning: str) -> Key[When]:
    words = {value: value.replace("_", " ") for value in values}
    return _one_of(name, Choice(words, name), meaning, f"{name}: {values[0]}")


def _countries(name: str, meaning: str, vocabulary: Vocabulary) -> Key[When]:
    return Key(
        name,
        Made(codes_shape(COUNTRY, "country", vocabulary), lambda codes: (OneOf(name, *codes),)),
        f"{meaning} Two capital letters (ISO 3166-1), or a list of them.",
        f'{name}: ["GB", "NO"]',
    )


def _one_of(name: str, shape: Shape[str], meaning: str, example: str) -> Key[When]:
    return Key(name, Made(OneOrMany(shape), lambda values: (OneOf(name, values),)), meaning, example)


def _bounds_key(name: str, number: Number, meaning: str, example: str) -> Key[When]:
    return Key(name, Made(bounds(number), lambda pair: (Within(name, *pair),)), meaning, example)


def _bounds(values: dict[str, Any], _mark: Mark) -> Bounds:
    return values.get("at_least"), values.get("below")


def _bounds_in_order(values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    low, high = values.get("at_least"), values.get("below")
    if not marks:
        report.error(mark, "value_empty", "No threshold stands here; write at_least or below.")
        return False
    if low is not None and high is not None and low >= high:
        message = f"No value is at least {low:g} and below {high:g} at once; at_least must be the smaller number."
        report.error(marks["below"], "threshold_order", message)
        return False
    return True


def _xray(values: dict[str, Any], mark: Mark) -> When:
    low, high = _bounds(values, mark)
    number = (Within("xray", low, high),) if low is not None or high is not None else ()
    verdict = (OneOf("xray_assessment", values["assessment"]),) if "assessment" in values else ()
    return (*number, *verdict)


def _parts(table: Map[str, Bounds]) -> When:
    return tuple(Within(PART_PREFIX + part, *pair) for part, pair in table.items())


def _all_of(keys: tuple[Key[When], ...]) -> Any:
    # In the order of the language, so that the order in the file changes neither the decision nor its words.
    return lambda values, _mark: tuple(one for key in keys if key.name in values for one in values[key.name])


def _not_empty(_values: dict[str, Any], marks: Map[str, Mark], mark: Mark, report: Report) -> bool:
    if not marks:
        message = "A `when` without conditions would catch every parcel; write one, or use default_lane."
        report.error(mark, "when_empty", message)
    return bool(marks)
