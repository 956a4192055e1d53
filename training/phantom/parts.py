"""The register of firearm part phantoms by the name that answers use."""

from __future__ import annotations

from collections.abc import Callable

from models.results import Part
from training.phantom import (
    parts_action,
    parts_ammunition,
    parts_frame,
    parts_handgun,
    parts_long,
    parts_magazine,
    parts_revolver,
    parts_slide,
    parts_tube,
)
from training.phantom.dice import Dice
from training.phantom.solids import Shape

Maker = Callable[[Dice], Shape]

# `firearm_like` is what a detector answers when it cannot name the part; there is nothing to draw for it.
PART_MAKERS: dict[Part, Maker] = {
    "barrel": parts_tube.barrel,
    "slide": parts_slide.slide,
    "frame": parts_frame.frame,
    "magazine": parts_magazine.magazine,
    "trigger_group": parts_action.trigger_group,
    "bolt": parts_action.bolt,
    "cylinder": parts_tube.cylinder,
    "suppressor": parts_tube.suppressor,
    "pistol": parts_handgun.pistol,
    "revolver": parts_revolver.revolver,
    "long_gun": parts_long.long_gun,
    "ammunition": parts_ammunition.ammunition,
}
