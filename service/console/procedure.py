"""The page about the procedure in force, what a change of it changed, and the stop switch."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flask import Flask, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from features.errors import ParcelScreeningError, Problem
from service.console import procedure_view as view
from service.console import session
from service.console.html import page
from service.context import caller, service, tools
from service.in_force import kept_package
from service.permissions import RESUMERS, SHADOW_READERS, STOPPERS
from service.problems import Refusal
from sop.active import place_in_force
from sop.diff.packages import compare_packages
from sop.diff.policies import Change
from sop.engine import day_of
from sop.package import Package
from sop.registry.change import MAX_REASON, Order, switch
from sop.registry.events import Action, By, Event
from sop.registry.standing import registry_state
from sop.registry.state import State, fold

KEPT = 16
"""Versions held in memory for comparing: they never change under their digest, and reading one takes a while."""


def add_routes(app: Flask) -> None:
    """Add the routes of this module."""
    app.add_url_rule("/console/procedure", "console.procedure", procedure)
    app.add_url_rule("/console/procedure/changes/<int:seq>", "console.change", change)
    app.add_url_rule("/console/procedure/stop", "console.stop", stop, methods=["POST"])
    app.add_url_rule("/console/procedure/resume", "console.resume", resume, methods=["POST"])


def procedure() -> Response:
    """Show the procedure in force."""
    return _procedure("", ())


def change(seq: int) -> Response:
    """Show what one activation or rollback changed."""
    state, _, _ = _registry(service().clock())
    event = next((one for one in state.events if one.seq == seq and one.before and one.version), None)
    if event is None:
        raise Refusal("not_found", "The history has no such change of the procedure.")
    changes, problem = _changes(event)
    return page("change.html", event=event, action=view.ACTIONS[event.action], changes=changes, problem=problem)


def stop() -> BaseResponse:
    """Switch the models off."""
    return _switch("stop")


def resume() -> BaseResponse:
    """Switch the models on again."""
    return _switch("resume")


def _procedure(reason: str, faults: Sequence[Problem]) -> Response:
    package, now = tools().package, service().clock()
    state, source, unreadable = _registry(now)
    on = day_of(package.base, now)
    placement = view.placement(package, source, state)
    with_shadow = caller().role in SHADOW_READERS
    changes, problem = _changes(placement.activation)
    return page(
        "procedure.html",
        422 if faults else 200,
        package=package,
        policy=package.base,
        on=on,
        placement=placement,
        changes=changes,
        change_problem=problem,
        unreadable=unreadable,
        rules=view.rule_rows(package.base, on),
        lists=view.list_rows(package, on),
        overrides=view.override_rows(package),
        chance=view.chance_words(package.base),
        workload=view.workload_words(package.base),
        pending=[(one, view.due_words(one.starts, now)) for one in state.pending],
        with_shadow=with_shadow,
        shadow=state.shadow,
        watchlists=view.watchlist_rows(tools().watchlists, on),
        stop=state.stop,
        history=view.history_rows(state, with_shadow=with_shadow),
        notices=[one for one in tools().warnings if one.code.startswith(("policy_", "list_", "rules_only"))],
        may_stop=caller().role in STOPPERS,
        may_resume=caller().role in RESUMERS,
        reason=reason,
        faults=faults,
    )


def _switch(action: Action) -> BaseResponse:
    session.check_csrf()
    reason = request.form.get("reason", "").strip()
    faults = _reason_faults(reason)
    if faults:
        return _procedure(reason, faults)
    by = By(caller().key_id, caller().name, caller().role)
    try:
        switch(service().settings.home, action, Order(at=service().clock(), by=by, reason=reason))
    except ParcelScreeningError as error:
        return _procedure(reason, (Problem("", "not_recorded", error.message),))
    if action == "stop":
        # Obeyed at once here: taking models away loads nothing. Putting them back is left to the background.
        service().tools.look()
    return redirect(url_for("console.procedure", _anchor="switch"), 303)


def _reason_faults(reason: str) -> tuple[Problem, ...]:
    if not reason:
        return (Problem("reason", "missing", "Give a reason: whoever reads the history must learn why."),)
    if len(reason) > MAX_REASON:
        return (Problem("reason", "too_long", f"At most {MAX_REASON:,} characters; these are {len(reason):,}."),)
    return ()


def _registry(now: datetime) -> tuple[State, view.Origin, str]:
    """Return the registry's state, what put the procedure in force, and why neither can be told where that is so."""
    settings = service().settings
    try:
        return registry_state(settings.home, now), place_in_force(settings.sop, settings.home, now).source, ""
    except ParcelScreeningError as error:
        # What is in force goes on and can be shown; that its history cannot be read is said beside it.
        return fold((), now), "unknown", error.message


def _changes(event: Event | None) -> tuple[tuple[Change, ...], str]:
    """Return what an activation changed, or why that cannot be told."""
    if event is None or event.before is None:
        return (), ""
    try:
        return _compared(service().settings.home, event.before.digest, event.reference.digest), ""
    except ParcelScreeningError as error:
        return (), error.message


def _compared(home: Path, before: str, after: str) -> tuple[Change, ...]:
    return compare_packages(_kept(home, before), _kept(home, after))


@functools.lru_cache(maxsize=KEPT)
def _kept(home: Path, digest: str) -> Package:
    return kept_package(home, digest)
