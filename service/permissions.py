"""Who may call what: one table with a decision about every route. A test walks the routes and finds none without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from service.auth import ROLES


@dataclass(frozen=True, slots=True)
class Keys:
    """The route needs an API key of one of these roles."""

    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Session:
    """The route needs somebody signed in to the console with a key of one of these roles."""

    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Open:
    """Anybody who reaches the service may call the route; `why` says what makes that harmless."""

    why: str


Decision = Keys | Session | Open

EVERYBODY: Final = frozenset(ROLES)
SCREENERS: Final = frozenset({"station", "officer", "admin"})
# SOP authors tune rules from figures; what single people send is not theirs to read.
READERS: Final = frozenset({"station", "officer", "analyst", "admin"})
ADMINS: Final = frozenset({"admin"})
OFFICERS: Final = frozenset({"officer", "admin"})
CONSOLE: Final = frozenset({"officer", "analyst", "admin"})
# Who may sign in at all: SOP authors see the page about the procedure, and no parcel.
PROCEDURE: Final = CONSOLE | {"sop_author"}
# Switching the models off is safe and must be quick; switching them on again is for those who answer for the procedure.
STOPPERS: Final = frozenset({"officer", "sop_author", "admin"})
RESUMERS: Final = frozenset({"sop_author", "admin"})
# Officers do not hear of a candidate that runs beside the procedure: it must not colour what they find.
SHADOW_READERS: Final = frozenset({"analyst", "sop_author", "admin"})

DECISIONS: Final[dict[str, Decision]] = {
    "screenings.create": Keys(SCREENERS),
    "screenings.batch": Keys(SCREENERS),
    "scores.create": Keys(READERS),
    "screenings.get": Keys(READERS),
    "screenings.find": Keys(READERS),
    "images.get": Keys(READERS),
    "findings.create": Keys(OFFICERS),
    "findings.find": Keys(READERS),
    "about.sop": Keys(EVERYBODY),
    "about.history": Keys(PROCEDURE),
    "about.models": Keys(EVERYBODY),
    "stop.get": Keys(EVERYBODY),
    "stop.put": Keys(STOPPERS),
    "access.find": Keys(ADMINS),
    "metrics.get": Keys(EVERYBODY),
    "health.live": Open("Says only that the process answers."),
    "health.ready": Open("Names what works by kind, without data of any parcel; a load balancer has no key."),
    "docs.openapi": Open("The public interface, the same for every installation."),
    "docs.openapi_30": Open("The public interface, for the page at /docs."),
    "docs.page": Open("The public interface as a page; calls made from it need a key."),
    "docs.asset": Open("Script and style of that page, from the installed package."),
    "docs.errors": Open("The public table of error codes."),
    "console.sign_in": Open("The form that asks for the key."),
    "console.sign_in_form": Open("The form that asks for the key."),
    "console.static": Open("Style sheet and icon of the console."),
    "console.home": Session(CONSOLE),
    "console.screening": Session(CONSOLE),
    "console.image": Session(CONSOLE),
    "console.record_finding": Session(OFFICERS),
    "console.procedure": Session(PROCEDURE),
    "console.change": Session(PROCEDURE),
    "console.stop": Session(STOPPERS),
    "console.resume": Session(RESUMERS),
    "console.sign_out": Session(EVERYBODY),
}
