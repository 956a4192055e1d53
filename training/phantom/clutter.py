"""The register of harmless things in two groups: those training scenes draw from, and those it never sees.

Held-out kinds appear in evaluation scenes only, so that a false alarm rate also counts on things of an unknown kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from training.phantom import clutter_electronics as electronics
from training.phantom import clutter_home as home
from training.phantom import clutter_machine as machine
from training.phantom import clutter_personal as personal
from training.phantom import clutter_tools as tools
from training.phantom.dice import Dice
from training.phantom.solids import Shape

Maker = Callable[[Dice], Shape]
Family = Literal["tools", "electronics", "home", "soft"]

TRAIN: dict[Family, dict[str, Maker]] = {
    "tools": {
        maker.__name__: maker
        for maker in (
            tools.pipe, tools.rod, tools.drill_bits, tools.socket_set, tools.wrench, tools.pliers, tools.hammer,
            tools.screwdriver, tools.saw, tools.padlock, tools.keys, tools.power_drill, tools.ratchet,
            machine.fasteners, machine.gear, machine.bracket, machine.hinge, machine.plate, machine.machined,
            machine.spring, machine.motor, machine.valve, machine.chain, machine.car_part,
        )
    },
    "electronics": {
        maker.__name__: maker
        for maker in (
            electronics.board, electronics.charger, electronics.cable, electronics.cable_nest, electronics.phone,
            electronics.laptop, electronics.hard_drive, electronics.battery, electronics.power_bank,
            electronics.transformer, electronics.hair_dryer, electronics.speaker, electronics.computer_supply,
        )
    },
    "home": {
        maker.__name__: maker
        for maker in (
            home.knife, home.scissors, home.cutlery, home.pan, home.can, home.flask, home.bottle, home.mug,
            personal.cosmetics, personal.umbrella, personal.belt, personal.jewellery, personal.toy_car,
            personal.toy_gun, personal.stapler, personal.torch, personal.pens, personal.hanger, personal.razor,
            personal.glasses,
        )
    },
    "soft": {
        maker.__name__: maker
        for maker in (home.book, home.inner_box, home.food, personal.shoe, personal.toy_blocks)
    },
}  # fmt: skip

HELD_OUT: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        machine.bearing, machine.spark_plug, machine.shock_absorber, machine.brake_disc, machine.cylinder_head,
        electronics.camera, electronics.game_pad, electronics.glue_gun, electronics.soldering_set,
        personal.watch, home.bicycle_pump, home.dumbbell,
    )
}  # fmt: skip
