"""What an author may have meant is said, and nothing is guessed where two things could be meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from features.codes import COUNTRIES
from sop.reading.country_names import code_for, country_names
from sop.reading.loader import examine_policy
from sop.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("when", "place", "code", "words"),
    [
        ("{risk: {at_least: 0,05}}", 31, "number_format", "write decimals with a point, for example 0.05"),
        ("{risk: {at_least: '0,05'}}", 29, "number_format", "write 0.05."),
        ("{risk: {at_least: 5 %}}", 29, "number_format", "write 0.05."),
        ("{risk: {at_least: 12.5%}}", 29, "number_format", "write 0.125."),
        ("{risk: {at_least: 1e-1}}", 29, "number_format", "write 0.1."),
        ("{risk: {at_least: +0.1}}", 29, "yaml_trap", "write 0.1."),
        ("{risk: {at_least: 1.5E-3}}", 29, "yaml_trap", "write 0.0015."),
        ("{risk: {at_least: -0.01}}", 29, "number_range", "write a number from 0 to 1."),
        ("{finding_history: {at_least: -1}}", 40, "number_range", "write a number from 0 to 1000000."),
        ("{risk: {at_least: 0.5, at_most: 0.6}}", 34, "key_unknown", "write `below`, which holds under the number"),
        ("{xray: {max: 0.6}}", 19, "key_unknown", "write `below`, which holds under the number"),
        ("{part: {barrel: {over: 0.6}}}", 28, "key_unknown", "write `at_least`, which holds from the number on"),
        ("{max: 0.6}", 12, "key_unknown", "name the score it is about"),
        ("{until: 2026-12-01}", 12, "key_unknown", "it belongs to the rule itself"),
        ("{nature:gift}", 12, "key_unknown", "write `nature: gift`."),
        ("{finding_history: {at_least: 5 %}}", 40, "number_format", "for example 2."),
        ("{origin_country: Sweden}", 28, "country_unknown", "write `SE` for Sweden."),
        ("{origin_country: se}", 28, "country_unknown", "write `SE` for Sweden."),
        ("{origin_country: Sweeden}", 28, "country_unknown", "write `SE` for Sweden."),
        ("{origin_country: United Kingdom}", 28, "country_unknown", "write `GB` for Britain (UK)."),
        ("{origin_country: GER}", 28, "country_unknown", "write its two capital letters."),
        ("{origin_country: ZK}", 28, "country_unknown", "write its two capital letters."),
        ("{hs_code: 9301.20.10}", 21, "text_form", 'write "93012010" in quotes'),
        ("{hs_code: [9301.1]}", 22, "text_form", 'write "93011" in quotes'),
        ("{hs_code: ['9301 20']}", 22, "text_form", 'write "930120" in quotes'),
    ],
)
def test_what_was_meant(
    text_of: Callable[..., str], vocabulary: Vocabulary, when: str, place: int, code: str, words: str
) -> None:
    (found,) = examine_policy(text_of(f"A scan {when}"), vocabulary).errors
    assert (found.line, found.column, found.code) == (9, place, code)
    assert words in found.message


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("21.11.2026", "did you mean 2026-11-21?"),
        ("11/21/2026", "did you mean 2026-11-21?"),
        ("2026/11/1", "did you mean 2026-11-01?"),
        ("03/04/2026", "write YYYY-MM-DD"),
        ("04/04/2026", "did you mean 2026-04-04?"),
        ("tomorrow", "write YYYY-MM-DD"),
    ],
)
def test_which_day_was_meant(text_of: Callable[..., str], vocabulary: Vocabulary, written: str, words: str) -> None:
    text = text_of("A scan {nature: gift}").replace("reviewed: 2026-11-01", f"reviewed: {written}")
    (found,) = examine_policy(text, vocabulary).errors
    assert (found.code, found.text) == ("date_format", written)
    assert words in found.message


def test_every_country_has_a_name_and_every_name_its_code() -> None:
    assert set(country_names()) == COUNTRIES
    assert {code: code_for(name) for code, name in country_names().items()} == {code: code for code in COUNTRIES}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("    title: Title of A", "    name: Title of A", "`name` is no key of a rule; did you mean `title`?"),
        ("default_lane: release", "default: release", "did you mean `default_lane`?"),
        ("release: AC", "released: AC", "`released` is no lane; did you mean `release`?"),
        ("when: {nature: gift}", "when: {origin: SE}", "did you mean `origin_country`?"),
        ("lane: scan", "lane: inspect", "did you mean `examine`?"),
        ("id: A", "id: 10", "`10` is not a rule's id"),
        ("rate: 0.01", "rate: 1%", "write 0.01."),
        ("title: Title of A", "title: !!python/object:os.system [x]", "The tag `!!python/object:os.system` is not"),
        ("default_lane: release", "default_lane: release\nworkload: {scan: {max: 0.1}}", "mean `at_most_share`?"),
    ],
)
def test_one_mistake_is_told_once(
    text_of: Callable[..., str], vocabulary: Vocabulary, before: str, after: str, words: str
) -> None:
    text = text_of("A scan {nature: gift}")
    assert before in text
    (found,) = examine_policy(text.replace(before, after, 1), vocabulary).errors
    assert words in found.message
