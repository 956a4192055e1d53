"""How well is a pseudo-colour picture read back to physics, with its palette stated and with it estimated?

Run: python -m benchmarks.palette_reading [--count 12] [--seed 910000]

The truth is the scan's own two energies. Attenuation: the middle relative error over pixels that absorb between 0.2
and 4 (more an 8-bit picture cannot tell); its bias, the middle ratio of read to true, is one factor for the whole
picture, which is all a wrong depth does. Material: the mean absolute error on the scale from organic (0) to metal (1)
over pixels that absorb more than 0.2; guessing 0.5 everywhere is the anchor. `plain` pictures are PNG as the palette
stands; `consoles` are JPEG with the console's own sharpening, noise, hardening and adjusted colours, which even the
stated palette does not know.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.dual_energy import attenuation, material_index
from features.palettes import HELD_OUT_PALETTES, PALETTES, Palette, palette_named
from features.xray_header import Header
from features.xray_image import canonical
from features.xray_read import Decoded
from training.phantom.export import decoded
from training.phantom.scene import WHITE, Scene, make_scene

Plane = NDArray[np.float32]
LEAST, MOST = 0.2, 4.0


@dataclass(frozen=True, slots=True)
class Truth:
    """A scan and what its two energies say: mean attenuation and material, H x W."""

    scene: Scene
    attenuation: Plane
    material: Plane


@dataclass(frozen=True, slots=True)
class Errors:
    """Of one picture: middle relative error and bias of attenuation, mean absolute error of material."""

    attenuation: float
    bias: float
    material: float


def truth_of(scene: Scene) -> Truth:
    """Return what the scan's two energies say."""
    low, high = attenuation(scene.low, WHITE), attenuation(scene.high, WHITE)
    return Truth(scene, (low + high) / np.float32(2), material_index(low, high))


def errors(truth: Truth, fmt: str, palette: Palette | None, rng: np.random.Generator | None) -> Errors:
    """Export a scan, read it back, and compare."""
    pixels = decoded(truth.scene, fmt, rng)
    height, width = pixels.shape[:2]
    image = canonical(Decoded(Header("png", width, height, 1), (pixels,)), palette)
    seen = (truth.attenuation > LEAST) & (truth.attenuation < MOST)
    ratio = image.attenuation[seen] / truth.attenuation[seen]
    thing = truth.attenuation > LEAST
    return Errors(
        float(np.median(np.abs(ratio - 1))),
        float(np.median(ratio)),
        float(np.abs(image.material[thing] - truth.material[thing]).mean()),
    )


def row(name: str, truths: list[Truth]) -> str:
    """Return one line of the table: four ways, each with the mean of the three errors over the scans."""
    cells = []
    for kind, varied in (("png", False), ("jpeg", True)):
        for palette in (palette_named(name), None):
            found = [
                errors(one, f"colour-{kind}:{name}", palette, np.random.default_rng(k) if varied else None)
                for k, one in enumerate(truths)
            ]
            means = np.array([(one.attenuation, one.bias, one.material) for one in found]).mean(axis=0)
            cells.append(f"{means[0]:.2f} / {means[1]:.2f} / {means[2]:.2f}")
    held_out = " (held out)" if name in HELD_OUT_PALETTES else ""
    return f"| {name}{held_out} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table: error of attenuation / bias of attenuation / error of material."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=910_000)
    options = parser.parse_args()
    truths = [truth_of(make_scene(options.seed + k, size=384, shield=False)) for k in range(options.count)]
    guess = np.mean([np.abs(0.5 - one.material[one.attenuation > LEAST]).mean() for one in truths])
    print("| palette | plain, stated | plain, estimated | consoles, stated | consoles, estimated |")
    print("|---|---|---|---|---|")
    for name in (*PALETTES, *HELD_OUT_PALETTES):
        print(row(name, truths))
    print(f"\nerror of material when 0.5 is guessed everywhere: {guess:.2f}; scans: {len(truths)}")


if __name__ == "__main__":
    main()
