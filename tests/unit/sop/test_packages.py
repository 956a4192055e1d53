"""Whole procedures: lists, overrides and dates are read as they are meant, and every problem of every file is told."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sop_files import HEAD, ORIGINS, procedure

from features.errors import InputError
from sop.lists import ListEntry
from sop.package import Package
from sop.reading.packages import examine_package, load_package, parse_package, read_files
from sop.types import BeginsWith, Like, MissingPolicy, OneOf, RandomSelection, Share, Within
from sop.vocabulary import Vocabulary

Files = Callable[..., dict[str, bytes]]


@pytest.fixture
def files(text_of: Callable[..., str]) -> Files:
    return partial(procedure, text_of)


def found(files: dict[str, bytes], vocabulary: Vocabulary) -> list[tuple[str, str, str]]:
    """File with line and column, code and text of everything found."""
    findings = examine_package(files, vocabulary).findings
    return [(f"{one.file}:{one.line}:{one.column}", one.code, one.text) for one in findings]


def test_lists_stand_in_the_conditions_that_name_them(files: Files, vocabulary: Vocabulary) -> None:
    package = parse_package(files(), "example", vocabulary)
    headings, origins = package.lists
    assert package.base.rules[1].when == (OneOf("origin_country", ("GB",), (origins,)),)
    assert package.base.rules[2].when == (BeginsWith("hs_code", (), (headings,)),)
    assert origins.entries[1] == ListEntry(
        code="NO", starts=date(2026, 12, 1), ends=date(2027, 1, 31), note="Annex B"
    )  # fmt: skip
    assert origins.codes(date(2026, 11, 21)) == ("SE",)
    assert origins.codes(date(2027, 1, 31)) == ("SE", "NO")


def test_an_expired_list_still_counts_and_is_told(files: Files, vocabulary: Vocabulary) -> None:
    package = parse_package(files(), "example", vocabulary)
    assert package.expired_lists(date(2027, 5, 1)) == ()
    (expired,) = package.expired_lists(date(2027, 5, 2))
    assert (expired.name, expired.codes(date(2027, 5, 2))) == ("origins", ("SE",))


def test_dates_trim_outcome_and_texts_of_a_rule(
    files: Files, vocabulary: Vocabulary, text_of: Callable[..., str]
) -> None:
    more = "    from: 2026-12-01\n    until: 2027-01-31\n    outcome: RFA\n    trim: documents\n"
    texts = "    carrier_text: Send the number.\n    accept: {review_missing: soon, origin_alone: law}\n"
    text = text_of("A scan {nature: gift}").replace("    lane: scan\n", "    lane: scan\n" + more + texts)
    rule = parse_package(files(policy=text + "time_zone: Europe/Madrid\n"), "example", vocabulary).base.rules[0]
    assert (rule.starts, rule.ends) == (date(2026, 12, 1), date(2027, 1, 31))
    assert (rule.outcome, rule.trim, rule.carrier_text) == ("RFA", "documents", "Send the number.")
    assert rule.accepted == (("origin_alone", "law"), ("review_missing", "soon"))
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 31), date(2027, 2, 1)]
    assert [rule.in_force(day) for day in days] == [False, True, True, False]


def test_stations_by_pattern(files: Files, vocabulary: Vocabulary) -> None:
    package = parse_package(files('A scan {station: ["leeds-*", hub]}'), "example", vocabulary)
    assert package.base.rules[0].when == (Like("station", ("leeds-*", "hub")),)


def override_of(files: dict[str, bytes], vocabulary: Vocabulary) -> Any:
    (override,) = parse_package(files, "example", vocabulary).overrides
    return override


def test_an_override_changes_removes_and_adds(files: Files, vocabulary: Vocabulary) -> None:
    rule = "title: T, when: {nature: gift}, lane: scan"
    text = HEAD + (
        "change: [{id: A, lane: examine, trim: never}]\nremove: C\n"
        f"add: [{{id: X, {rule}, after: B}}, {{id: Y, {rule}, after: B}}, {{id: Z, {rule}}}, "
        f"{{id: W, {rule}, before: B}}, {{id: V, {rule}, before: X}}]\n"
        "missing_evidence: {risk_unavailable: examine}\nrandom_selection: {rate: 0.5, lane: scan}\n"
        "workload: {scan: {at_most_share: 0.1}}\ndefault_lane: scan\nowner: Leeds\n"
    )
    package = parse_package(files(overrides__leeds=text), "example", vocabulary)
    (override,) = package.overrides
    policy = override.policy
    assert [rule.id for rule in policy.rules] == ["Z", "A", "W", "B", "V", "X", "Y"]
    changed = policy.rules[1]
    assert (changed.lane, changed.trim, changed.when) == ("examine", "never", (Within("xray", 0.9),))
    assert (changed.file, changed.line) == ("overrides/leeds.yaml", 4)
    assert policy.missing_evidence["risk_unavailable"] == MissingPolicy(lane="examine")
    assert policy.missing_evidence["image_shielded"] == package.base.missing_evidence["image_shielded"]
    assert policy.random_selection == RandomSelection(rate=0.5, lane="scan")
    assert policy.workload == {"scan": Share(at_most_share=0.1)}
    assert (policy.default_lane, policy.owner, policy.lanes) == ("scan", "Leeds", package.base.lanes)
    # The name stays, or chance would draw other parcels; the version names both.
    assert policy.title == "example 1 + leeds 2"


def test_only_the_parcels_of_its_scope_go_by_an_override(files: Files, vocabulary: Vocabulary) -> None:
    package = parse_package(files(overrides__leeds=HEAD + "remove: A\n"), "example", vocabulary)
    (override,) = package.overrides
    assert package.policy_for("leeds-7", "courier") is override.policy
    for station, channel in (("leeds-7", "postal"), ("york-1", "courier"), (None, "courier"), ("leeds-7", None)):
        assert package.policy_for(station, channel) is package.base


def test_problems_of_all_files_at_once_the_policy_first(files: Files, vocabulary: Vocabulary) -> None:
    broken = files(
        "B scan {origin_country: {list: origins}, risk: {at_least: 2}}",
        lists__origins=ORIGINS.replace("SE", "ES").replace("source", "sourse"),
        overrides__leeds=HEAD + "change: [{id: B, lane: detian}]\nremove: [Q]\n",
    )
    assert found(broken, vocabulary) == [
        ("policy.yaml:9:62", "number_range", "2"),
        ("lists/origins.yaml:3:1", "key_unknown", "sourse"),
        ("overrides/leeds.yaml:4:24", "value_unknown", "detian"),
        ("overrides/leeds.yaml:5:10", "rule_unknown", "Q"),
    ]
    with pytest.raises(InputError) as caught:
        parse_package(broken, "mine", vocabulary)
    assert str(caught.value) == "mine: not a valid policy; 4 problems to mend."
    assert caught.value.problems[2].path == "overrides/leeds.yaml:4:24"


def test_what_an_override_names_is_checked_also_where_the_policy_is_broken(
    files: Files, vocabulary: Vocabulary
) -> None:
    broken = files("A scan {risk: {at_least: 2}}", overrides__leeds=HEAD + "remove: B\n")
    assert [code for _, code, _ in found(broken, vocabulary)] == ["number_range", "rule_unknown"]


def test_a_mistake_in_an_override_hides_none_of_those_against_its_policy(files: Files, vocabulary: Vocabulary) -> None:
    text = HEAD + (
        "default_lane: exmine\nchange: [{id: A, lane: scna}, {id: X, lane: scan}]\nremove: [A, Q, 10]\n"
        "add: [{id: B, title: T, lane: scan, after: Z}, "
        "{id: D, title: T, when: {nature: gift}, lane: scan, before: A}]\n"
    )
    told = [
        (place.split(":")[1], code, words) for place, code, words in found(files(overrides__leeds=text), vocabulary)
    ]
    assert told == [
        ("4", "value_unknown", "exmine"), ("5", "override_conflict", "A"), ("5", "value_unknown", "scna"),
        ("5", "rule_unknown", "X"), ("6", "rule_unknown", "Q"), ("6", "text_form", "10"),
        ("7", "key_missing", "{id: B, title: T, lane: scan, after: Z}"),
        ("7", "rule_id_repeated", "{id: B, title: T, lane: scan, after: Z}"), ("7", "rule_unknown", "Z"),
        ("7", "rule_anchor", "A"),
    ]  # fmt: skip


def test_a_mistake_in_a_list_hides_neither_its_name_nor_its_kind(files: Files, vocabulary: Vocabulary) -> None:
    wrong = ORIGINS.replace("SE", "ES-").replace("list: origins", "list: orgins")
    broken = files("B scan {hs_code: {list: origins}}", lists__origins=wrong)
    assert [code for _, code, _ in found(broken, vocabulary)] == ["list_kind", "list_name", "country_unknown"]


def test_where_the_policy_cannot_be_read_nothing_is_said_against_it(files: Files, vocabulary: Vocabulary) -> None:
    broken = files(policy="sop: [\n", overrides__leeds=HEAD + "remove: [A]\n")
    assert [code for _, code, _ in found(broken, vocabulary)] == ["yaml_syntax"]


def test_a_procedure_begins_with_its_policy(files: Files, vocabulary: Vocabulary) -> None:
    without = {name: data for name, data in files().items() if name != "policy.yaml"}
    assert found(without, vocabulary) == [("policy.yaml:1:1", "file_missing", "")]


def test_a_file_that_is_not_utf_8_is_told_beside_the_others(files: Files, vocabulary: Vocabulary) -> None:
    broken = {**files("A scan {risk: {at_least: 2}}"), "lists/origins.yaml": b"list: origins\nsource: Caf\xe9\n"}
    assert [(place, code) for place, code, _ in found(broken, vocabulary)] == [
        ("policy.yaml:9:29", "number_range"), ("lists/origins.yaml:2:12", "yaml_encoding"),
    ]  # fmt: skip


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("named", ["", "policy.yaml", "cases.yaml", "overrides/leeds.yaml", "lists/origins.yaml"])
def test_its_folder_and_each_of_its_files_name_the_procedure(
    files: Files, vocabulary: Vocabulary, tmp_path: Path, named: str
) -> None:
    content = files(overrides__leeds=HEAD + "remove: A\n", cases="cases: []\n")
    write(tmp_path, content)
    for stray in ("lists/.origins.yaml.swp", "lists/notes.txt", "overrides/leeds.yaml~", "other.yaml"):
        (tmp_path / stray).write_text("nothing")
    package = load_package(tmp_path / named, vocabulary)
    assert dict(package.files) == content == read_files(tmp_path / named)
    assert package == parse_package(content, "example", vocabulary)


def test_a_policy_may_be_called_otherwise_and_messages_say_so(
    files: Files, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    write(tmp_path, files())
    (tmp_path / "policy.yaml").rename(tmp_path / "new.yaml")
    package = load_package(tmp_path / "new.yaml", vocabulary)
    assert package.digest == parse_package(files(), "example", vocabulary).digest
    (tmp_path / "new.yaml").write_text("sop: x\n")
    with pytest.raises(InputError) as caught:
        load_package(tmp_path / "new.yaml", vocabulary)
    assert {one.path for one in caught.value.problems} == {"new.yaml:1:1"}


def test_an_ending_that_is_nearly_right_is_not_passed_over(
    files: Files, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    write(tmp_path, files())
    (tmp_path / "overrides").mkdir()
    (tmp_path / "overrides" / "leeds.yml").write_text(HEAD)
    with pytest.raises(InputError) as caught:
        load_package(tmp_path, vocabulary)
    assert [(one.path, one.code) for one in caught.value.problems] == [("overrides/leeds.yml:1:1", "file_unknown")]


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: shuffled(value[key], chance) for key in chance.sample(list(value), len(value))}


def as_data(text: bytes) -> Any:
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_means_nothing_in_any_file(chance: random.Random) -> None:
    first = parse_package(WHOLE, "example", VOCABULARY)
    second = parse_package(
        {name: json.dumps(shuffled(as_data(data), chance)).encode() for name, data in WHOLE.items()},
        "example", VOCABULARY,
    )  # fmt: skip
    assert meaning(second) == meaning(first)
    assert any(rule.lane == "examine" for rule in second.overrides[0].policy.rules)


def meaning(package: Package) -> tuple[Any, ...]:
    return package.base, package.overrides, package.lists


VOCABULARY = Vocabulary({}, {})
WHOLE = {
    "policy.yaml": b"""\
sop: example
version: "1"
effective_from: 2026-11-21
owner: Unit
time_zone: Europe/Madrid
lanes: {detain: DNL, examine: RFS, scan: RFS, documents: RFI, release: AC}
rules:
  - id: A
    title: T
    when: {origin_country: {codes: GB, list: origins}, risk: {at_least: 0.1, below: 0.5}, station: "a*"}
    lane: scan
    from: 2026-12-01
    until: 2027-01-31
    trim: documents
    accept: {review_missing: x, origin_alone: y}
missing_evidence: {image_unreadable: examine, image_shielded: {lane: examine, reference: R},
                   scanner_uncalibrated: documents, risk_unavailable: scan, xray_unavailable: examine}
random_selection: {rate: 0.01, lane: examine, reference: R}
workload: {examine: {at_most_share: 0.2, at_least_share: 0.1}, scan: {at_least_share: 0.1}}
default_lane: scan
accept: {random_rate_zero: x, lanes_out_of_order: y}
""",
    "lists/origins.yaml": ORIGINS.encode(),
    "overrides/leeds.yaml": (
        HEAD + "change: [{id: A, lane: examine, title: U}]\nmissing_evidence: {risk_unavailable: examine, "
        "image_shielded: detain}\nadd: [{id: B, title: T, when: {nature: gift}, lane: scan, after: A}]\n"
    ).encode(),
}


def mutated(value: Any, chance: random.Random) -> Any:
    """The same data with one thing in it replaced, removed, added or renamed."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        if chance.random() < 0.7:
            return {**value, key: mutated(value[key], chance)}
        rest = {name: one for name, one in value.items() if name != key}
        return chance.choice([rest, {**rest, chance.choice(ODD_KEYS): value[key]}])
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], mutated(value[at], chance), *value[at + chance.randrange(2) :]]
    return chance.choice(ODD_VALUES)


ODD_KEYS = ("id", "list", "codes", "any", "until", "after", "before", "change", "remove", "trim", "", "0", "rules")
ODD_VALUES = (None, True, 0, 1.5, -1, "", "A", "B", "GB", "93", "scan", "never", "origins", "2026-12-01", "leeds-*",
              "*", [], {}, [None], ["A", "A"], {"list": "origins"}, {"id": "A"}, [{"id": "A", "lane": "release"}],
              {"at_least": 0.9, "below": 0.1}, [[["A"]]], "x" * 3000)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(sorted(WHOLE)), st.integers(1, 4))
def test_whatever_stands_in_a_file_is_told_and_never_ends_the_reading(
    chance: random.Random, name: str, changes: int
) -> None:
    data = as_data(WHOLE[name])
    for _ in range(changes):
        data = mutated(data, chance)
    examined = examine_package({**WHOLE, name: json.dumps(data).encode()}, VOCABULARY)
    assert (examined.package is None) == bool(examined.errors)
    assert all(one.message.endswith((".", "?")) and one.line >= 1 and one.file in WHOLE for one in examined.findings)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(sorted(WHOLE)))
def test_no_bytes_end_the_reading(data: bytes, name: str) -> None:
    assert examine_package({**WHOLE, name: data}, VOCABULARY).errors
