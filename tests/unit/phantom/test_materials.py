from __future__ import annotations

import numpy as np
import pytest

from features import dual_energy
from training.phantom.materials import (
    ENERGIES_KEV,
    INDEX,
    Scanner,
    attenuation_curves,
    attenuation_table,
    detector_weights,
    tube_spectrum,
)


def test_coefficients_agree_with_published_tables() -> None:
    # NIST XCOM mass attenuation at 60 keV, cm2/g: iron 1.205, aluminium 0.2778, water 0.2059, lead 5.021.
    at_60 = attenuation_table()[:, list(ENERGIES_KEV).index(60.0)] * 10
    published = {"steel": 1.205 * 7.85, "aluminium": 0.2778 * 2.70, "food": 0.2059, "lead": 5.021 * 11.34}
    for name, per_cm in published.items():
        assert at_60[INDEX[name]] == pytest.approx(per_cm, rel=0.03), name


def test_spectrum_ends_at_the_tube_voltage_and_has_the_tungsten_lines() -> None:
    spectrum = tube_spectrum(Scanner(tube_kv=100))
    assert np.all(spectrum[ENERGIES_KEV > 100] == 0)
    assert np.all(spectrum[(ENERGIES_KEV > 30) & (ENERGIES_KEV < 100)] > 0)
    without_lines = tube_spectrum(Scanner(tube_kv=69))
    assert spectrum[ENERGIES_KEV == 60] / spectrum[ENERGIES_KEV == 48] > (
        without_lines[ENERGIES_KEV == 60] / without_lines[ENERGIES_KEV == 48]
    )


def test_the_two_layers_see_different_energies() -> None:
    low, high = detector_weights(Scanner())
    assert low.sum() == pytest.approx(1)
    assert high.sum() == pytest.approx(1)
    assert low @ ENERGIES_KEV + 15 < high @ ENERGIES_KEV


def test_ratio_of_energies_tells_iron_from_organic() -> None:
    thin = {name: np.array([mm]) for name, mm in (("steel", 1.0), ("paper", 40.0))}
    ratios = {name: np.divide(*attenuation_curves(name, mm))[0] for name, mm in thin.items()}
    assert ratios["steel"] > 2.0
    assert 1.15 < ratios["paper"] < 1.35


def test_attenuation_grows_less_than_linearly_with_thickness() -> None:
    low, _ = attenuation_curves("steel", np.array([1.0, 2.0, 4.0, 8.0]))
    slopes = low / np.array([1.0, 2.0, 4.0, 8.0])
    assert np.all(np.diff(slopes) < 0)


@pytest.mark.parametrize(
    ("material", "stated"),
    [
        ("paper", dual_energy.RATIO_PAPER),
        ("aluminium", dual_energy.RATIO_ALUMINIUM),
        ("steel", dual_energy.RATIO_STEEL),
    ],
)
def test_curves_that_readers_use_are_those_of_the_physics(material: str, stated: tuple[float, ...]) -> None:
    low, high = attenuation_curves(material, np.geomspace(1e-3, 3000, 6000))
    assert np.interp(dual_energy.HIGH_ATTENUATION_KNOTS, high, low / high) == pytest.approx(stated, abs=2e-3)


@pytest.mark.parametrize(
    ("material", "thickness", "least", "most"),
    [
        ("paper", 60.0, 0.0, 0.1),
        ("plastic", 50.0, 0.0, 0.1),
        ("food", 80.0, 0.0, 0.2),
        ("aluminium", 12.0, 0.45, 0.55),
        ("glass", 15.0, 0.4, 0.6),
        ("steel", 3.0, 0.95, 1.0),
        ("copper", 2.0, 0.95, 1.0),
        ("steel", 30.0, 0.9, 1.0),
    ],
)
def test_material_index_places_materials(material: str, thickness: float, least: float, most: float) -> None:
    low, high = (np.full((8, 8), a[0], np.float32) for a in attenuation_curves(material, np.array([thickness])))
    index = dual_energy.material_index(low, high)
    assert least <= float(index.mean()) <= most


def test_material_of_air_is_unknown() -> None:
    air = np.zeros((8, 8), np.float32)
    assert np.all(dual_energy.material_index(air, air) == dual_energy.UNKNOWN)
