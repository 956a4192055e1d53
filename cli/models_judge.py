"""Asks whether a bundle may take the place of the one in use, and lays out the answer for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cli.progress import bar, stages
from features.errors import ParcelScreeningError
from models.bundle import Bundle
from models.loading import load_model
from service.bundles import open_in_use
from service.settings import Settings

if TYPE_CHECKING:
    from training.judgement import Compared, Judgement


def judge(settings: Settings, bundle: Bundle, challenger: Any, options: dict[str, Any]) -> Judgement:
    """Compare a loaded bundle with the model in use.

    Args:
        settings: All settings.
        bundle: The challenger's, verified.
        challenger: The same, loaded.
        options: Of `models promote`: data, mapping, bad_rows, annotations, images.
    """
    from training.judgement import Judgement
    from training.promotion_cards import judge_cards

    used, model, cause = _in_use(settings, bundle)
    if used is not None and used.digest == bundle.digest:
        return Judgement(champion=used.card.title, challenger=bundle.card.title, grounds="nothing: they are one model")
    if options["data"] and bundle.card.kind == "risk":
        found = _by_parcels(used, model, bundle, challenger, options)
    elif options["annotations"]:
        found = _by_pictures(model, challenger, options)
    else:
        found = judge_cards(used.card if used else None, bundle.card)
    return replace(found, warnings=(*found.warnings, *cause))


def _in_use(settings: Settings, bundle: Bundle) -> tuple[Bundle | None, Any, tuple[str, ...]]:
    """Return the bundle in use and its model; where it cannot be loaded, why."""
    try:
        used = open_in_use(settings, bundle.card.kind)
        return used, load_model(used), ()
    except ParcelScreeningError as error:
        # Nothing works now, so there is nothing to be worse than; the challenger is judged by itself.
        return None, None, (f"The model in use cannot be loaded: {error.message}",)


def _by_parcels(used: Bundle | None, model: Any, bundle: Bundle, challenger: Any, options: dict[str, Any]) -> Judgement:
    from training.promotion import Contender, judge_risk

    with stages() as stage:
        stage.step("measuring both models")
        return judge_risk(
            Contender(model, used.card.data.get("sha256")) if used else None,
            Contender(challenger, bundle.card.data.get("sha256")),
            options["data"],
            options["mapping"],
            options["bad_rows"],
        )


def _by_pictures(model: Any, challenger: Any, options: dict[str, Any]) -> Judgement:
    from training.xray.promotion import judge_xray

    with bar("pictures", every=1) as progress:
        return judge_xray(model, challenger, options["annotations"], options["images"], heartbeat=progress)


def judgement_lines(found: Judgement) -> list[str]:
    """Lay out a judgement in at most 80 columns where the titles allow."""
    against = f" against {found.champion}" if found.champion else ""
    lines = [f"{found.challenger}{against}, by {found.grounds}"] if found.figures else []
    if found.figures:
        lines.append(f"  {'':30}{'in use':>8}{'new':>8}{'difference':>12}  95 % interval")
    lines += [_line(one) for one in found.figures]
    return [*lines, *(f"warning: {one}" for one in found.warnings)]


def _line(one: Compared) -> str:
    theirs = "–" if one.champion is None else f"{one.champion:.3f}"
    difference = "–" if one.difference is None else f"{one.difference:+.3f}"
    sign = "" if one.difference is None else "+"
    span = "" if one.low is None or one.high is None else f"{one.low:{sign}.3f} to {one.high:{sign}.3f}"
    return f"  {one.name:30}{theirs:>8}{one.challenger:>8.3f}{difference:>12}  {span}".rstrip()
