"""A mistake in the YAML is told once, at the place where it was made, in words that need no parser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sop_files import procedure

from sop.reading.loader import examine_policy
from sop.reading.packages import examine_package
from sop.vocabulary import Vocabulary

TITLE = "title: Title of A"
LAST = "default_lane: release"
SYNTAX: dict[str, tuple[str, str, int, int, str]] = {
    "no space behind a colon": ("    lane: scan", "    lane:scan", 10, 5, "colon; write `lane: scan`."),
    "a name without a colon": ("owner: Risk", "owner Risk", 4, 1, "A name without a colon"),
    "no colon at the end": ("rules:", "rules", 6, 1, "A name without a colon"),
    "no space behind the first colon of an entry": ("id: A", "id:A", 7, 5, "colon; write `id: A`."),
    "a first name without a colon": ("id: A", "id A", 7, 5, "A name without a colon"),
    "the first line of all without a colon": ("sop: example", "sop example", 1, 1, "A name without a colon"),
    "a name over a list without a colon": (
        "{nature: gift}", "\n      any\n        - nature: gift", 10, 7, "A name without a colon"),
    "a name over a block without a colon": (
        "default_lane: release", "default_lane: release\nworkload\n  scan: 1", 21, 1, "A name without a colon"),
    "a double quote never closed": (TITLE, 'title: "Seen', 8, 12, "never closed; close it where the text ends."),
    "a single quote never closed": (LAST, "default_lane: 'release", 20, 15, "never closed"),
    "a quote that the next one closes": (
        TITLE, 'title: "Seen\n    reference: "SOP 4.3"', 8, 12, "closed only by the one on line 9"),
    "a quote that an empty one closes": (
        TITLE, "title: 'Seen\n    reference: ''\n    carrier_text: 'x'", 8, 12, "closed only by the one on line 10"),
    "a quote that the next one closes, in brackets": (
        "{nature: gift}\n    lane: scan", '{station: "hub}\n    lane: "scan"', 9, 21, "closed only by the one on"),
    "a brace never closed": ("{nature: gift}", "{nature: gift", 9, 11, "The `{` that opens here lacks its `}`"),
    "a bracket never closed": ("{nature: gift}", "{station: [hub}", 9, 25, "or the `]` of the `[` in column 21"),
    "a brace never closed at the end": (LAST, "default_lane: {release:", 20, 15, "before the end of the file."),
    "an outer brace never closed": (
        "{nature: gift}", "{nature: gift, risk: {at_least: 0.1}", 9, 11, "before line 10."),
    "a bracket too many": ("{nature: gift}", "{nature: gift}}", 9, 25, "`}` stands here outside of brackets"),
    "text behind a quote": (TITLE, 'title: "Arms" seen', 8, 19, "`seen` cannot stand behind what comes before it"),
    "a column of no block": ("    " + TITLE, "   " + TITLE, 8, 4, "column 4, where no block above begins"),
    "an entry without its dash": ("    " + TITLE, "  " + TITLE, 8, 3, "the list from line 7 on begin with `- `"),
    "a dash without a space": ("  - id: B", "  -id: B", 12, 3, "write `- id: B`."),
    "an entry not set in": ("  - id: B", "- id: B", 12, 1, "An entry of a list stands where names stand"),
    "a name set in too far": ("    " + TITLE, "     " + TITLE, 8, 11, "a line set in too far"),
    "a sign that begins no text": (TITLE, "title: @home", 8, 12, "cannot begin with `@`; put it in quotes."),
    "a star that begins no text": (TITLE, "title: * home", 8, 12, "cannot begin with `*`; put it in quotes."),
    "a list behind a name": (TITLE, "title: - x", 8, 12, "A list begins on a line of its own"),
    "a backslash in quotes": (TITLE, 'title: "a\\qb"', 8, 15, "write `\\\\` for it, or use single quotes."),
    "a tab": ("    " + TITLE, "\t" + TITLE, 8, 1, "A tab stands here"),
}  # fmt: skip
PARSER_WORDS = ("expected", "block end", "token", "scalar", "mapping", "stream", "simple key", "node")


@pytest.mark.parametrize("name", SYNTAX)
def test_where_and_in_which_words(name: str, text_of: Callable[..., str], vocabulary: Vocabulary) -> None:
    before, after, line, column, words = SYNTAX[name]
    text = text_of("A scan {nature: gift}", "B scan {nature: gift, mail_class: parcel}")
    assert before in text
    (found,) = examine_policy(text.replace(before, after, 1), vocabulary).findings
    assert (found.code, found.line, found.column) == ("yaml_syntax", line, column)
    assert words in found.message
    assert not [word for word in PARSER_WORDS if word in found.message]


def test_each_sign_that_is_lost_is_told_on_its_line(text_of: Callable[..., str], vocabulary: Vocabulary) -> None:
    text = text_of(
        'A scan {risk: {at_least: 0.1}, station: ["a*", b]}', "B scan {any: [{nature: gift}, {channel: postal}]}"
    )
    # A bracket over several lines is told where it opens, so none is left here.
    text = text.replace(",\n ", ", ")
    signs = [at for at, sign in enumerate(text) if sign in "{}[]" or text[at : at + 2] == ": "]
    assert len(signs) > 50
    for at in signs:
        findings = examine_policy(text[:at] + text[at + 1 :], vocabulary).errors
        assert text.count("\n", 0, at) + 1 in [one.line for one in findings], text[at - 20 : at + 1]


def test_a_long_quoted_text_with_names_in_it_is_not_blamed_for_what_is_wrong_elsewhere(
    text_of: Callable[..., str], vocabulary: Vocabulary
) -> None:
    text = text_of("A scan {nature: gift}").replace(TITLE, 'title: "Seen\n      note: x"').replace(LAST, "'release")
    (found,) = examine_policy(text, vocabulary).findings
    assert (found.line, found.column) == (16, 1)


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("{risk: {at_leest: 0.03}}", "key_unknown"),
        ("{parts: {barrel: {at_least: 0.3}}}", "key_unknown"),
        ("{xray: {assesment: alarm}}", "key_unknown"),
        ("{nature:gift}", "key_unknown"),
        ("{origin_country: {lst: a}}", "key_unknown"),
        ("{any: [{rsik: {at_least: 0.1}}]}", "key_unknown"),
        ("{indicator: !!python/object:os.system {a: b}}", "yaml_tag"),
        ("{stage: &pre_arrival}", "yaml_anchor"),
    ],
)
def test_one_mistake_in_a_condition_is_told_once(
    text_of: Callable[..., str], vocabulary: Vocabulary, when: str, code: str
) -> None:
    (found,) = examine_policy(text_of(f"A scan {when}"), vocabulary).findings
    assert (found.line, found.code) == (9, code)


OTHER_SCRIPTS = "\u0623\u0633\u0644\u062d\u0629\t\u05e0\u05e9\u05e7 \u6b66\u5668 \u200f"
"""Arabic, Hebrew with the mark that says so, Chinese."""
HIDDEN = {
    "an override of direction, escaped": ('"Evil \\u202e seen"', 8, 12, "U+202E (right-to-left override)"),
    "an override of direction as it is": ('"Evil \u202e seen"', 8, 18, "U+202E (right-to-left override)"),
    "an isolate in a remark": ("Seen  # \u2066 later", 8, 20, "U+2066 (left-to-right isolate)"),
    "an escape that a terminal obeys": ('"\\e[31mSeen"', 8, 12, "U+001B"),
    "a zero that no database holds": ('"Seen\\0"', 8, 12, "U+0000"),
    "half a character": ('"Seen \\ud83d"', 8, 12, "U+D83D"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_signs_that_nobody_sees_are_refused_and_not_printed(
    name: str, text_of: Callable[..., str], vocabulary: Vocabulary
) -> None:
    title, line, column, words = HIDDEN[name]
    text = text_of("A scan {nature: gift}").replace("Title of A", title)
    (found,) = examine_policy(text, vocabulary).findings
    assert (found.code, found.line, found.column) == ("text_form", line, column)
    assert words in found.message
    assert found.message.isascii()


def test_a_sign_that_nobody_sees_is_refused_in_a_word_of_the_language_too(
    text_of: Callable[..., str], vocabulary: Vocabulary
) -> None:
    (found,) = examine_policy(text_of('A scan {nature: "\\e[2Jgift"}'), vocabulary).findings
    assert found.code == "text_form"


def test_text_in_several_lines_and_other_scripts_is_none_of_these(
    text_of: Callable[..., str], vocabulary: Vocabulary
) -> None:
    text = text_of("A scan {nature: gift}").replace("Title of A", f'"{OTHER_SCRIPTS}"')
    text = text.replace("    lane: scan\n", "    lane: scan\n    instructions: |-\n      One.\n      Two.\n")
    assert examine_policy(text, vocabulary).findings == ()
    (found,) = examine_policy(text.replace("|-", "|"), vocabulary).findings
    assert (found.line, found.code) == (11, "text_form")
    assert "write `|-` for `|`" in found.message


def test_a_message_repeats_only_the_beginning_of_a_long_text(
    text_of: Callable[..., str], vocabulary: Vocabulary
) -> None:
    files = procedure(text_of, lists__passwd="root:x:0:0" * 200)
    (found,) = examine_package(files, vocabulary).findings
    assert found.file == "lists/passwd.yaml"
    assert len(found.message) < 250
    assert "`root:x:0:0root" in found.message
