"""The register of harmless things in two groups: those training scenes draw from, and those it never sees.

Held-out kinds appear in evaluation scenes only, so that a false alarm rate also counts on things of an unknown kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from training.phantom import clutter_boxes as boxes
from training.phantom import clutter_electronics as electronics
from training.phantom import clutter_home as home
from training.phantom import clutter_lookalike as alike
from training.phantom import clutter_machine as machine
from training.phantom import clutter_personal as personal
from training.phantom import clutter_power as power
from training.phantom import clutter_sets as sets
from training.phantom import clutter_tools as tools
from training.phantom.dice import Dice
from training.phantom.solids import Shape

Maker = Callable[[Dice], Shape]
Family = Literal["tools", "electronics", "home", "soft", "small", "gripped"]

TRAIN: dict[Family, dict[str, Maker]] = {
    "tools": {
        maker.__name__: maker
        for maker in (
            tools.pipe, tools.rod, tools.drill_bits, tools.socket_set, tools.wrench, tools.pliers, tools.hammer,
            tools.screwdriver, tools.saw, tools.padlock, tools.power_drill, tools.ratchet, sets.tool_tray,
            sets.rod_bundle, sets.tool_bundle, machine.gear, machine.bracket, machine.hinge, machine.plate,
            machine.machined,
            machine.motor, machine.valve, machine.chain, machine.car_part, alike.shaft, alike.air_cylinder,
            alike.piston, alike.linear_guide, alike.collets, alike.vice_jaw,
        )
    },
    "electronics": {
        maker.__name__: maker
        for maker in (
            electronics.board, electronics.charger, electronics.cable, electronics.cable_nest, electronics.phone,
            electronics.laptop, electronics.hard_drive, electronics.power_bank, electronics.transformer,
            electronics.speaker, electronics.computer_supply, boxes.equipment, boxes.notebook, boxes.charging_pad,
            boxes.extension_lead, boxes.wound_coil, boxes.fan_heater, alike.handset, alike.curling_iron,
        )
    },
    "home": {
        maker.__name__: maker
        for maker in (
            home.knife, home.scissors, home.cutlery, home.pan, home.can, home.flask, home.bottle, home.mug,
            boxes.canister, boxes.drum, boxes.hose, boxes.water_bottle, boxes.flask_in_carton, personal.cosmetics,
            personal.umbrella, personal.belt, personal.toy_car, personal.torch, personal.hanger,
            alike.optics, alike.musical_part,
        )
    },
    "soft": {
        maker.__name__: maker
        for maker in (
            home.book, home.inner_box, home.food, boxes.fruit, boxes.nested_cartons, boxes.toy_figure, personal.shoe,
            personal.toy_blocks,
        )
    },
    "small": {
        maker.__name__: maker
        for maker in (
            sets.coins, sets.pills, sets.screw_box, sets.paper_clips, sets.small_hardware, sets.sewing_kit, tools.keys,
            machine.fasteners, machine.spring, electronics.battery, personal.jewellery, personal.pens, personal.razor,
            personal.glasses, alike.tape_measure, alike.lighter_set,
        )
    },
    "gripped": {
        maker.__name__: maker
        for maker in (
            power.cordless_tool, power.heat_gun, power.caulking_gun, power.water_pistol, power.spray_gun,
            power.staple_gun, power.door_handle, power.bike_part, power.tripod, power.shaver, electronics.hair_dryer,
            personal.toy_gun, personal.stapler,
        )
    },
}  # fmt: skip

HELD_OUT: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        machine.bearing, machine.spark_plug, machine.shock_absorber, machine.brake_disc, machine.cylinder_head,
        electronics.camera, electronics.game_pad, electronics.glue_gun, electronics.soldering_set,
        personal.watch, home.bicycle_pump, home.dumbbell, power.barcode_scanner, power.grease_gun,
        alike.microphone, alike.fishing_reel,
    )
}  # fmt: skip
