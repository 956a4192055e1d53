from __future__ import annotations

from collections.abc import Callable

from sop.diff.policies import Change, compare
from sop.types import Policy

Make = Callable[..., Policy]


def test_equal_policies_have_no_difference(make_policy: Make) -> None:
    rules = ("A scan {nature: gift}", "B detain {risk: {at_least: 0.2}}")
    assert compare(make_policy(*rules), make_policy(*rules)) == ()


def test_a_changed_threshold_is_told_in_words(make_policy: Make) -> None:
    (change,) = compare(
        make_policy("A scan {risk: {at_least: 0.2}}"), make_policy("A scan {risk: {at_least: 0.25}}")
    )  # fmt: skip
    assert change == Change("changed", "rule A", "when", "manifest risk at least 0.20", "manifest risk at least 0.25")


def test_added_removed_and_moved_rules(make_policy: Make) -> None:
    old = make_policy("A scan {nature: gift}", "B detain {nature: other}", "C scan {channel: postal}")
    new = make_policy("B detain {nature: other}", "A scan {nature: gift}", "D scan {channel: courier}")
    found = {(one.kind, one.what): (one.before, one.after) for one in compare(old, new)}
    assert found == {
        ("removed", "rule C"): ("Title of C: scan when channel postal", None),
        ("added", "rule D"): (None, "Title of D: scan when channel courier"),
        ("moved", "rule B"): ("behind A", "first"),
    }


def test_everything_outside_the_rules_is_compared_too(make_policy: Make, text_of: Callable[..., str]) -> None:
    old = make_policy("A scan {nature: gift}")
    new = make_policy(
        "A scan {nature: gift}",
        chance="random_selection: {rate: 0.02, lane: scan}\nworkload: {scan: {at_least_share: 0.05}}\n",
        default="default_lane: scan\n",
    )
    assert [(one.aspect, one.before, one.after) for one in compare(old, new)] == [
        ("random_selection", "1 % of all parcels to at least examine", "2 % of all parcels to at least scan"),
        ("default_lane", "release", "scan"),
        ("workload.scan", None, "at least 5 % of all parcels"),
    ]
