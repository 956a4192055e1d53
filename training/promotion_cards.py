"""Judges a challenger by what its card and the champion's say, where both were measured on the same parcels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from features.errors import Problem
from models.card import Card
from training.bootstrap import Figure
from training.judgement import Compared, Judgement
from training.promotion import CHALLENGER, CHAMPION, FEWEST_ILLICIT, uncalibrated

MODEL = "risk model"
SLICES = ("unseen_groups_later_time", "unseen_groups")
"""The parcels that count, the hardest first; without times in the data there are no later ones."""
RISK = {"ap": "AP", "recall@0.01": "recall at 1 %"}
NOTHING = "nothing"
GROUNDS = "the figures of the two cards, measured on the same parcels"
MEASURE = {
    "risk": "give labelled parcels with --data, so that both are measured on the same rows",
    "xray": "give labelled pictures with --annotations and --images, so that both are measured on the same ones",
}
Figures = dict[str, tuple[float, float, float]]


def judge_cards(champion: Card | None, challenger: Card) -> Judgement:
    """Compare two cards.

    Cards hold no paired differences, so the challenger is refused where its figure is below the whole 95 % interval of
    the champion's.
    """
    if champion is None:
        text = f"No model in use can be loaded to compare with: {MEASURE[challenger.kind]}."
        refusals = (Problem("", "nothing_to_compare", text),)
        return Judgement(champion=None, challenger=challenger.title, grounds=NOTHING, refusals=refusals)
    if (cause := _differ(champion, challenger)) is not None:
        text = f"The two cards cannot be compared ({cause}): {MEASURE[challenger.kind]}."
        refusals = (Problem("", "not_comparable", text),)
        return Judgement(champion=champion.title, challenger=challenger.title, grounds=NOTHING, refusals=refusals)
    mine, theirs = figures_of(challenger), figures_of(champion)
    return Judgement(
        champion=champion.title,
        challenger=challenger.title,
        grounds=GROUNDS,
        figures=tuple(_compared(name, theirs[name], mine[name]) for name in theirs if name in mine),
        refusals=(*_worse(theirs, mine), *_believed(challenger)),
    )


def figures_of(card: Card) -> Figures:
    """Return the figures by which cards of this kind are compared: value and interval by title."""
    if card.kind == "risk":
        part = _path(_slice(card), "models", MODEL)
        known = {title: part.get(key) for key, title in RISK.items()}
        return {title: (one[0], one[1], one[2]) for title, one in known.items() if _whole(one)}
    return dict(_xray(card.figures))


def _xray(figures: dict[str, Any]) -> Iterator[tuple[str, tuple[float, float, float]]]:
    part = _path(figures, "any_part")
    if _whole(found := [part.get("ap50"), *part.get("interval", [])]):
        yield "AP50, any part", (found[0], found[1], found[2])
    for one in figures.get("recall_at_false_alarms", []):
        if one.get("false_alarms") == 0.05 and _whole(found := [one.get("recall"), *one.get("interval", [])]):
            yield "recall at 5 % false alarms", (found[0], found[1], found[2])


def _differ(champion: Card, challenger: Card) -> str | None:
    """Return why two cards were not measured on the same parcels or pictures; None where they were."""
    if not champion.data.get("sha256") or champion.data.get("sha256") != challenger.data.get("sha256"):
        return "they were measured on other data"
    if _test_of(champion) != _test_of(challenger):
        return "they were measured on other parts of the data"
    if not figures_of(champion) or set(figures_of(champion)) - set(figures_of(challenger)):
        return f"a figure with its interval on at least {FEWEST_ILLICIT} illicit parcels is missing"
    return None


def _test_of(card: Card) -> list[Any]:
    """Return what tells one test part from another: the seed of the split, and the sizes of its parts."""
    figures = card.figures
    if card.kind == "risk":
        parts = [card.data.get(name) for name in ("split", "cross_fitted", "groups")]
        return [card.parameters.get("seed"), *parts, *(_slice(card).get(name) for name in ("rows", "illicit"))]
    return [card.data.get("seed"), *(figures.get(name) for name in ("pictures", "benign_pictures", "boxes"))]


def _slice(card: Card) -> dict[str, Any]:
    """Return the first slice with enough illicit parcels to tell a worse model; empty where there is none."""
    found = (_path(card.figures, name) for name in SLICES)
    return next((part for part in found if _enough(part) and _path(part, "models", MODEL)), {})


def _enough(part: dict[str, Any]) -> bool:
    illicit = part.get("illicit")
    return isinstance(illicit, int) and illicit >= FEWEST_ILLICIT


def _worse(theirs: Figures, mine: Figures) -> list[Problem]:
    return [
        Problem(
            name,
            "worse",
            f"The challenger is worse beyond chance: {mine[name][0]:.3f}, and the {CHAMPION}'s 95 % interval is "
            f"{low:.3f} to {high:.3f}.",
        )
        for name, (_, low, high) in theirs.items()
        if mine[name][0] < low
    ]


def _believed(card: Card) -> list[Problem]:
    if card.kind != "risk":
        return []
    ece = _path(_slice(card), "models", MODEL).get("ece")
    if not _whole(ece):
        text = f"The {CHALLENGER}'s card holds no calibration error: {MEASURE['risk']}."
        return [Problem("ECE", "uncalibrated", text)]
    return uncalibrated(Figure(ece[0], ece[1], ece[2]))


def _compared(name: str, theirs: tuple[float, float, float], mine: tuple[float, float, float]) -> Compared:
    return Compared(name, theirs[0], mine[0], round(mine[0] - theirs[0], 6), None, None)


def _whole(found: Any) -> TypeGuard[list[float]]:
    return isinstance(found, list) and len(found) == 3 and all(isinstance(one, int | float) for one in found)


def _path(node: Any, *steps: str) -> dict[str, Any]:
    """Follow keys as far as they lead; cards come from anywhere."""
    for step in steps:
        node = node.get(step, {}) if isinstance(node, dict) else {}
    return node if isinstance(node, dict) else {}
