"""Each mistake in a list, an override or a dated rule is told at its place, with what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sop_files import HEAD, HEADINGS, ORIGINS, procedure

from sop.findings import CODES
from sop.lint.codes import LINT
from sop.reading.packages import examine_package
from sop.vocabulary import Vocabulary

RULE = "title: T, when: {nature: gift}"
PROBLEMS: dict[str, tuple[dict[str, str], str, str, str]] = {
    "the name of a list is misspelt": (
        {"policy": "B scan {origin_country: {list: orgins}}"},
        "policy.yaml:9:35", "list_unknown", "did you mean `origins`?"),
    "a path where the name of a list belongs": (
        {"policy": "B scan {origin_country: {list: '../../etc/passwd'}}"},
        "policy.yaml:9:35", "text_form", "is not the name of a list: it is letters, digits"),
    "countries where headings belong": (
        {"policy": "B scan {hs_code: {list: origins}}"},
        "policy.yaml:9:28", "list_kind", "one of countries, but this needs one of HS"),
    "headings where countries belong": (
        {"policy": "B scan {transit_country: {codes: GB, list: [origins, headings]}}"},
        "policy.yaml:9:57", "list_kind", "this needs one of countries"),
    "neither codes nor a list": (
        {"policy": "B scan {origin_country: {}}"}, "policy.yaml:9:28", "value_empty", "write `codes`, `list` or both"),
    "a list twice": (
        {"policy": "B scan {origin_country: {list: [origins, origins]}}"},
        "policy.yaml:9:45", "value_repeated", "`origins` stands in this list twice"),
    "a list that is called otherwise": (
        {"lists__origins": ORIGINS.replace("list: origins", "list: orgins")},
        "lists/origins.yaml:1:7", "list_name", "called origins.yaml, but its list `orgins`"),
    "a list without its kind": (
        {"lists__origins": ORIGINS.replace("kind: country\n", "")}, "lists/origins.yaml:1:1", "key_missing", "`kind`"),
    "a list of an unknown kind": (
        {"lists__origins": ORIGINS.replace("country", "contry")},
        "lists/origins.yaml:2:7", "value_unknown", "did you mean `country`?"),
    "a country that is a truth value, in a list": (
        {"lists__origins": ORIGINS.replace('"NO"', "NO")}, "lists/origins.yaml:8:12", "yaml_trap", 'write "NO"'),
    "a country that is none, in a list": (
        {"lists__origins": ORIGINS.replace("SE", "UK")}, "lists/origins.yaml:7:5", "country_unknown", "write `GB`"),
    "an entry twice for the same days": (
        {"lists__origins": ORIGINS + '  - {code: "NO", from: 2027-01-31}\n'},
        "lists/origins.yaml:9:5", "value_repeated", "`NO` stands in this list twice for the same days"),
    "an entry that ends before it begins": (
        {"lists__origins": ORIGINS.replace("2027-01-31", "2026-01-31")},
        "lists/origins.yaml:8:43", "date_order", "`until: 2026-01-31` lies before `from: 2026-12-01`"),
    "a list that expires before it is issued": (
        {"lists__origins": ORIGINS.replace("2027-05-01", "2026-05-01")},
        "lists/origins.yaml:5:10", "date_order", "`expires: 2026-05-01` lies before `issued: 2026-11-01`"),
    "a heading without quotes, in a list": (
        {"lists__headings": HEADINGS.replace("'93'", "93")},
        "lists/headings.yaml:5:19", "yaml_trap", 'write "93"'),
    "an empty list file": ({"lists__headings": ""}, "lists/headings.yaml:1:1", "yaml_empty", "begin with `list:`"),
    "a rule whose last day comes before its first": (
        {"policy": "B scan {nature: gift} from: 2026-12-02 until: 2026-12-01"},
        "policy.yaml:12:12", "date_order", "`until: 2026-12-01` lies before `from: 2026-12-02`"),
    "trim to a more severe lane": (
        {"policy": "B scan {nature: gift} trim: examine"},
        "policy.yaml:11:11", "trim_lane", "not milder than the rule's own lane scan; write documents or"),
    "trim of a rule that detains": (
        {"policy": "B detain {nature: gift} trim: scan"}, "policy.yaml:11:11", "trim_lane", "remove `trim`"),
    "all assessed although held": (
        {"policy": "B scan {nature: gift} outcome: AC"}, "policy.yaml:11:14", "outcome_lane", "holds the parcel for"),
    "a condition beside `when`": (
        {"policy": "B scan {nature: gift} risk: {at_least: 0.5}"},
        "policy.yaml:11:5", "key_unknown", "it is a condition: write it under `when`."),
    "a lane under `when`": (
        {"policy": "B scan {nature: gift, lane: scan}"},
        "policy.yaml:9:26", "key_unknown", "belongs to the rule itself"),
    "a code that is no warning, accepted": (
        {"policy": "B scan {nature: gift} accept: {review_mising: x}"},
        "policy.yaml:11:14", "key_unknown", "did you mean `review_missing`?"),
    "an error cannot be accepted": (
        {"policy": "B scan {nature: gift} accept: {country_unknown: x}"},
        "policy.yaml:11:14", "key_unknown", "`country_unknown` is no warning"),
    "a time zone that is none": (
        {"policy": "B scan {nature: gift} /time_zone: Europe/Madird"},
        "policy.yaml:11:12", "time_zone_unknown", "did you mean `Europe/Madrid`?"),
    "a time zone by its city": (
        {"policy": "B scan {nature: gift} /time_zone: Madrid"},
        "policy.yaml:11:12", "time_zone_unknown", "did you mean `Europe/Madrid`?"),
    "a time zone by its letters": (
        {"policy": "B scan {nature: gift} /time_zone: CET"},
        "policy.yaml:11:12", "time_zone_unknown", "for example `Europe/Paris`"),
    "an override of something else": (
        {"overrides__leeds": HEAD.replace("../policy.yaml", "../policy.yml") + "remove: A\n"},
        "overrides/leeds.yaml:1:10", "extends_unknown", "did you mean `../policy.yaml`?"),
    "an override for everybody": (
        {"overrides__leeds": HEAD.replace('{station: ["leeds-*"], channel: courier}', "{}") + "remove: A\n"},
        "overrides/leeds.yaml:3:13", "value_empty", "name stations, a channel, or both"),
    "a change of an unknown rule": (
        {"overrides__leeds": HEAD + "change: [{id: RK-20, lane: scan}]\n", "policy": "RK-020 scan {nature: gift}"},
        "overrides/leeds.yaml:4:15", "rule_unknown", "did you mean `RK-020`?"),
    "an unknown rule removed": (
        {"overrides__leeds": HEAD + "remove: [A, D]\n"},
        "overrides/leeds.yaml:4:13", "rule_unknown", "use A, B, C."),
    "a rule beside an unknown one": (
        {"overrides__leeds": HEAD + f"add: [{{id: X, {RULE}, lane: scan, after: Q}}]\n"},
        "overrides/leeds.yaml:4:66", "rule_unknown", "There is no rule `Q` to go beside"),
    "a rule beside a removed one": (
        {"overrides__leeds": HEAD + f"remove: A\nadd: [{{id: X, {RULE}, lane: scan, after: A}}]\n"},
        "overrides/leeds.yaml:5:66", "rule_anchor", "Rule A is removed here"),
    "a rule before one and behind another": (
        {"overrides__leeds": HEAD + f"add: [{{id: X, {RULE}, lane: scan, after: A, before: B}}]\n"},
        "overrides/leeds.yaml:4:66", "rule_anchor", "remove one of the two"),
    "a rule added behind itself": (
        {"overrides__leeds": HEAD + f"add: [{{id: X, {RULE}, lane: scan, after: X}}]\n"},
        "overrides/leeds.yaml:4:7", "rule_anchor", "depends on itself"),
    "an added rule with the id of another": (
        {"overrides__leeds": HEAD + f"add: [{{id: A, {RULE}, lane: scan}}]\n"},
        "overrides/leeds.yaml:4:7", "rule_id_repeated", "The policy has a rule A already"),
    "a rule changed twice": (
        {"overrides__leeds": HEAD + "change: [{id: A, lane: scan}, {id: A, lane: examine}]\n"},
        "overrides/leeds.yaml:4:36", "rule_id_repeated", "already that of the rule on line 4"),
    "a rule changed and removed": (
        {"overrides__leeds": HEAD + "change: [{id: A, lane: scan}]\nremove: A\n"},
        "overrides/leeds.yaml:4:15", "override_conflict", "Rule A is changed and removed here"),
    "every rule removed": (
        {"overrides__leeds": HEAD + "remove: [A, B, C]\n"},
        "overrides/leeds.yaml:1:1", "value_empty", "removes every rule"),
    "a change that does not fit what stays": (
        {"overrides__leeds": HEAD + "change: [{id: B, lane: documents}]\n",
         "policy": "B scan {nature: gift} trim: documents"},
        "overrides/leeds.yaml:4:10", "trim_lane", "not milder than the rule's own lane documents"),
    "rules as in a policy": (
        {"overrides__leeds": HEAD + "rules: []\n"},
        "overrides/leeds.yaml:4:1", "key_unknown", "under `change`, `remove` and `add`"),
    "two overrides for one parcel": (
        {"overrides__leeds": HEAD + "remove: A\n",
         "overrides__north": HEAD.replace("leeds-*", "*-1").replace(", channel: courier", "") + "remove: B\n"},
        "overrides/north.yaml:3:13", "override_ambiguous", "courier parcels at station leeds-1"),
    "an override that says nothing": (
        {"overrides__leeds": HEAD}, "overrides/leeds.yaml:1:1", "override_empty", "changes nothing"),
    "cases of no override": (
        {"overrides__leeds": HEAD + "remove: A\n", "overrides__leds.cases": "cases: []"},
        "overrides/leds.cases.yaml:1:1", "file_unknown", "did you mean `leeds`?"),
    "a file with a name that is not read": (
        {"lists__my origins": ORIGINS}, "lists/my origins.yaml:1:1", "file_unknown", "is not read"),
}  # fmt: skip


def written(text: str, text_of: Callable[..., str]) -> str:
    """A policy of one rule written `ID LANE WHEN more keys`, or with `/key` a key of the policy."""
    if not text.startswith(("B ", "RK")):
        return text
    name, lane, rest = text.split(" ", 2)
    when, _, more = rest.partition("} ")
    rule = text_of(f"{name} {lane} {when}{'}' if more else ''}").replace("    reviewed: 2026-11-01\n", "")
    if more.startswith("/"):
        return rule.replace("missing_evidence:", f"{more[1:]}\nmissing_evidence:", 1)
    lines = more.replace(" until:", "\nuntil:").splitlines()
    return rule.replace(f"    lane: {lane}\n", f"    lane: {lane}\n" + "".join(f"    {line}\n" for line in lines))


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_problem_is_told_at_its_place(name: str, text_of: Callable[..., str], vocabulary: Vocabulary) -> None:
    texts, place, code, words = PROBLEMS[name]
    files = procedure(text_of, **{key: written(text, text_of) for key, text in texts.items()})
    (found,) = examine_package(files, vocabulary).findings
    assert (f"{found.file}:{found.line}:{found.column}", found.code) == (place, code)
    assert words in found.message


def test_every_problem_of_lists_and_overrides_is_among_them() -> None:
    families = ("list_", "override_", "extends_", "file_", "rule_anchor", "rule_unknown", "trim_", "outcome_", "time_")
    of_packages = {code for code in CODES if code.startswith(families)} - set(LINT)
    assert of_packages - {code for _, _, code, _ in PROBLEMS.values()} == {"file_missing"}
