from __future__ import annotations

import numpy as np
import pytest

from training.phantom.materials import ENERGIES_KEV, INDEX, Scanner, attenuation_curves, attenuation_table
from training.phantom.projector import WHITE, Detector, Geometry, Pile, detect, project, transmission
from training.phantom.solids import ALONG_X, Array, Shape, helix, turn

STEEL = INDEX["steel"]
FAR = Geometry(200, 200, 1.0, 100.0, 1e7)  # so far away that the fan is parallel
CENTRE = (100.3, 99.8, 60.0)  # off the pixel grid, which would favour shapes that are aligned with it


def thickness(shape: Shape, rotation: Array, geometry: Geometry = FAR) -> Array:
    shadow = project(shape, rotation, CENTRE, geometry)
    assert shadow is not None
    return np.asarray(shadow.thickness[STEEL], np.float64)


@pytest.mark.parametrize("angle", [0, 20, 37, 90])
def test_path_through_a_box_is_its_thickness(angle: float) -> None:
    path = thickness(Shape().box((-20, 20), (-10, 10), (0, 7), "steel"), turn("z", angle))
    assert path.max() == pytest.approx(7, abs=1e-3)
    assert path.sum() == pytest.approx(40 * 20 * 7, rel=0.02)


def test_path_through_a_tilted_box_is_longer_by_the_cosine() -> None:
    path = thickness(Shape().box((-30, 30), (-30, 30), (-2, 2), "steel"), turn("x", 60))
    assert np.median(path[path > 0]) == pytest.approx(4 / np.cos(np.deg2rad(60)), rel=0.01)


@pytest.mark.parametrize("angle", [0, 25, 60, 90])
@pytest.mark.parametrize(
    ("shape", "volume"),
    [
        (Shape().rod(10, -30, 30, "steel"), np.pi * 100 * 60),
        (Shape().cone((10, 5), -30, 30, "steel"), np.pi * 60 / 3 * (100 + 50 + 25)),
        (Shape().ellipsoid((12, 6, 20), "steel"), 4 / 3 * np.pi * 12 * 6 * 20),
        (Shape().tube(12, 8, -30, 30, "steel"), np.pi * (144 - 64) * 60),
        (Shape().shell((-20, 20), (-15, 15), (-10, 10), 2, "steel"), 40 * 30 * 20 - 36 * 26 * 16),
        (Shape().prism(((-20, -20), (20, -20), (20, -10), (-10, -10), (-10, 20), (-20, 20)), -5, 5, "steel"), 7000),
        (Shape().wire(helix(60, 14, 5), 2.0, "steel"), None),
    ],
    ids=["rod", "cone", "ellipsoid", "tube", "shell", "concave", "wire"],
)
def test_no_matter_is_lost_in_any_pose(shape: Shape, volume: float | None, angle: float) -> None:
    if volume is None:
        points = shape.solids[0].data
        volume = float(np.pi * 4 * np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
    path = thickness(shape, turn("z", 15) @ turn("y", angle) @ turn("x", angle / 2))
    assert path.sum() == pytest.approx(volume, rel=0.025)


def test_thin_wire_keeps_its_mass_although_it_is_thinner_than_a_pixel() -> None:
    points = helix(80, 15, 4)
    length = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    path = thickness(Shape().wire(points, 0.2, "steel"), turn("z", 20))
    assert path.sum() == pytest.approx(np.pi * 0.04 * length, rel=0.03)


def test_things_nearer_to_the_source_look_larger_across_the_belt_only() -> None:
    near_source = Geometry(200, 200, 1.0, 100.0, 1000.0)
    block = Shape().box((-20, 20), (-20, 20), (0, 1), "steel")
    shadow = project(block, turn("z", 0), (100.0, 100.0, 500.0), near_source)
    assert shadow is not None
    rows, columns = np.nonzero(shadow.thickness[STEEL])
    assert np.ptp(columns) + 1 == pytest.approx(40, abs=1)
    assert np.ptp(rows) + 1 == pytest.approx(80, abs=2)


def test_shape_outside_the_picture_casts_no_shadow() -> None:
    assert project(Shape().box((0, 5), (0, 5), (0, 5), "steel"), turn("z", 0), (900, 900, 5), FAR) is None


def test_monochromatic_limit_is_the_law_of_beer_and_lambert(monkeypatch: pytest.MonkeyPatch) -> None:
    single = np.zeros(len(ENERGIES_KEV))
    single[3] = 1.0
    monkeypatch.setattr("training.phantom.projector.detector_weights", lambda scanner: (single, single))
    layers = {STEEL: np.full((2, 3), 4.0, np.float32), INDEX["food"]: np.full((2, 3), 25.0, np.float32)}
    low, high = transmission(layers, Scanner())
    table = attenuation_table()[:, 3]
    expected = np.exp(-(4.0 * table[STEEL] + 25.0 * table[INDEX["food"]]))
    assert low == pytest.approx(np.full((2, 3), expected), rel=1e-4)
    assert high == pytest.approx(low)


def test_polychromatic_transmission_agrees_with_the_curves() -> None:
    low, high = transmission({STEEL: np.array([[0.0, 2.0, 10.0]], np.float32)}, Scanner())
    curve_low, curve_high = attenuation_curves("steel", np.array([0.0, 2.0, 10.0]))
    assert -np.log(low[0]) == pytest.approx(curve_low, abs=2e-3)
    assert -np.log(high[0]) == pytest.approx(curve_high, abs=2e-3)


def test_noise_is_that_of_the_photons() -> None:
    flat = np.full((300, 300), 0.25, np.float32)
    detector = Detector(scatter=0, blur_pixels=0.01, photons=10_000, read_noise=0, row_gain=0)
    signal = detect(flat, detector, np.random.default_rng(1)).astype(float) / WHITE
    assert signal.mean() == pytest.approx(0.25, rel=1e-3)
    assert signal.std() == pytest.approx(np.sqrt(0.25 / 10_000), rel=0.05)


def test_pile_adds_up_what_lies_on_top_of_each_other() -> None:
    pile = Pile(FAR)
    for _ in range(2):
        shadow = project(
            Shape().box((-9, 9), (-9, 9), (0, 3), "steel", 1, ALONG_X @ ALONG_X.T), turn("z", 0), CENTRE, FAR
        )
        assert shadow is not None
        pile.add(shadow)
    assert pile.plane(STEEL).max() == pytest.approx(6, abs=1e-3)


def test_optical_mass_is_the_sum_of_the_shadow() -> None:
    shape = (
        Shape()
        .tube(12, 8, -30, 30, "steel")
        .ellipsoid((9, 9, 9), "food", 1, (60, 0, 0))
        .wire(helix(40, 9, 4), 1, "copper")
    )
    shadow = project(shape, turn("z", 10), CENTRE, FAR)
    assert shadow is not None
    assert shadow.attenuation().sum() == pytest.approx(shape.optical_mass(), rel=0.03)
