"""The stop switch: while somebody has stopped the models, parcels are decided by rules alone, and every answer says so.

The order stands in the history of the procedure, so that every worker and every machine of a home obeys it within two
seconds, a restart forgets nothing, and it is on record who gave it and why.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from features.errors import CheckFailed, ParcelScreeningError
from service.live import Part
from service.model_watch import with_models, without_models
from service.screening import Notice, Tools
from service.settings import Settings
from sop.registry.events import Event, folder_of, history_state
from sop.registry.standing import stop_state

RULES_ONLY = "rules_only"


def with_stop(tools: Tools, stop: Event | None, settings: Settings) -> Tools:
    """Return the tools as an order of the stop switch wants them: without models, or with those in use now."""
    others = tuple(one for one in tools.warnings if one.code != RULES_ONLY)
    if stop is None:
        return with_models(replace(tools, stopped=None, warnings=others), settings)
    bare = without_models(replace(tools, warnings=others))
    return replace(bare, stopped=stop, warnings=(*bare.warnings, _notice(stop)))


def stop_part(settings: Settings) -> Part:
    """Return the part of the tools that changes when the models are stopped or resumed."""

    def look() -> Hashable:
        try:
            stop = stop_state(settings.home)
        except ParcelScreeningError:
            return ("unreadable", history_state(settings.home))
        return stop.seq if stop else None

    def rebuilt(tools: Tools) -> Tools:
        stop = stop_state(settings.home)
        if tools.stopped and history_state(settings.home) is None:
            raise CheckFailed(f"{folder_of(settings.home)}: the history is gone; restore the folder from a backup.")
        return tools if stop == tools.stopped else with_stop(tools, stop, settings)

    # Where the history cannot be read, the switch stays as it is; the notice about the policy says so.
    return Part("stop_switch", look, rebuilt, lambda tools: tools)


def _notice(stop: Event) -> Notice:
    text = f"The models are switched off since {stop.at}; the lane rests on rules alone. Reason: {stop.reason}"
    return Notice(RULES_ONLY, text)
