"""The named checks of `sop check` on a policy that the language allows; docs/lint.md has an example of each."""

from __future__ import annotations

from collections.abc import Mapping

LINT: Mapping[str, str] = {
    "rule_unreachable": "Warning: earlier rules catch every parcel of this one.",
    "rule_overlap": "Warning: a milder rule stands before a more severe one and takes parcels from it.",
    "rule_gap": "Warning: between two rules lies a band of a score that no rule speaks about.",
    "threshold_unreached": "Warning: the models in use never give a score that meets this threshold.",
    "release_without_picture": "Warning: a parcel at a station may be released without a clear picture.",
    "missing_evidence_release": "Warning: something that could not be judged may be released.",
    "review_missing": "Warning: a rule has no `reviewed` date.",
    "review_overdue": "Warning: a rule was last reviewed over a year ago.",
    "review_future": "Warning: a rule is reviewed on a day to come.",
    "case_missing": "Warning: no case in the file of cases expects this rule.",
    "random_rate_zero": "Warning: chance selects nothing.",
    "random_lane_release": "Warning: chance selects for release, which is no selection.",
    "lanes_out_of_order": "Warning: a more severe lane asks less of the carrier than a milder one.",
    "origin_alone": "Warning: a rule selects by country alone, without any other evidence.",
    "protected_attribute": "Warning: a rule or list names what people may not be selected by, such as religion.",
    "carrier_text_tells": "Warning: what a carrier is told gives away what is looked for, or how parcels are chosen.",
    "carrier_text_unsent": "Warning: a rule has words for a carrier, but no carrier is answered by it.",
    "dates_overlap": "Warning: two rules with one purpose are in force on the same days, with different lanes.",
    "dates_gap": "Warning: between two rules with one purpose lie days on which neither is in force.",
    "rule_ended": "Warning: the last day of a rule has passed.",
    "rule_before_policy": "Warning: a rule begins before the policy does.",
    "list_expired": "Warning: nobody vouches for a list any more; it still counts.",
    "list_expires_soon": "Warning: a list expires within 30 days.",
    "list_unused": "Warning: no rule names this list.",
    "list_silent": "Warning: no entry of a list counts today.",
    "watchlist_unknown": "Warning: a rule names a watch list that this installation does not have.",
    "watchlist_expired": "Warning: every entry of a watch list that a rule names has expired.",
    "share_impossible": "The shares of the lanes cannot hold together.",
    "share_not_kept": "Warning: a lane is to be kept to a share, but nothing may be moved out of it or into it.",
    "share_by_chance": "Warning: chance alone sends more parcels to a lane than its share.",
    "share_detains": "Warning: parcels are detained to fill a share.",
    "trim_release": "Warning: for want of room, parcels of a rule are released.",
    "trim_hard_evidence": "Warning: for want of room, parcels go to a milder lane although something was found.",
    "override_milder": "Warning: an override sends some parcels to a milder lane than the policy does.",
    "accept_unused": "Warning: a warning is accepted that is not given any more.",
    "check_incomplete": "Warning: the policy is too entangled for a check to be finished.",
}
"""Every code of a lint and what it means. Those that begin with `Warning:` may be accepted with a reason."""
