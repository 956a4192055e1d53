"""`sop`: the author's desk: check, test, show, compare, approve and activate procedures."""

from __future__ import annotations

import click

from cli.lazy import LazyGroup

LAZY: dict[str, tuple[str, str]] = {
    "init": ("cli.sop_init:init", "Copy the procedure in force into a folder, to change it there."),
    "check": ("cli.sop_check:check", "Say everything that is wrong with a procedure, by file, line and column."),
    "test": ("cli.sop_test:test", "Run a procedure on its cases, and on parcels at the boundaries of its rules."),
    "diff": ("cli.sop_diff:diff", "Show in words what changed from one procedure to another."),
    "show": ("cli.sop_show:show", "Show a procedure in plain words."),
    "simulate": ("cli.sop_simulate:simulate", "Replay past screenings under a candidate, beside the one in force."),
    "approve": ("cli.sop_approval:approve", "Approve a candidate, after checking and testing it."),
    "activate": ("cli.sop_approval:activate", "Put an approved version in force, now or on a day to come."),
    "status": ("cli.sop_status:status", "Say what is in force, since when, by whom, and what is to come."),
    "history": ("cli.sop_history:history", "Show who changed the procedure, when, why, and the difference."),
    "versions": ("cli.sop_status:versions", "List the versions that were approved or in force."),
    "rollback": ("cli.sop_approval:rollback", "Put back in force what was in force before."),
    "withdraw": ("cli.sop_approval:withdraw", "Withdraw an activation to come, or an approval."),
    "shadow": ("cli.sop_shadow:shadow", "Run a candidate beside what is in use, and compare."),
    "replay": ("cli.sop_replay:replay", "Make stored decisions again and compare them with the record."),
    "stop": ("cli.sop_stop:stop", "Switch the models off: rules alone decide."),
    "resume": ("cli.sop_stop:resume", "Switch the models on again."),
    "schema": ("cli.sop_schema:schema", "Print or write the JSON Schemas that editors check with while one types."),
}
"""Commands, in the order in which an author needs them, whose modules are imported when they are called."""


@click.group(cls=LazyGroup, lazy=LAZY)
def sop() -> None:
    """Check, test, show and change the standard operating procedure.

    FILE is a policy, its folder or one of its overrides; without it, the procedure in force: PARCEL_SCREENING_SOP,
    else the activated version, else policy.yaml of the home folder, else the one that came with the product.
    """
