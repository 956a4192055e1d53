"""Materials and the scanner's two energies: attenuation coefficients, tube spectrum, detector weights.

Coefficients are the total attenuation of the Elam, Ravel and Sieber tables (Radiation Physics and Chemistry 63, 2002),
read through xraydb. They are computed when first asked for and kept for the life of the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import xraydb
from numpy.typing import NDArray

Array = NDArray[np.float64]

# (formula, density in g/cm3). Mixtures are rounded mean compositions of the trade's own data sheets; textile and
# board carry the density of the loose material as it lies in a parcel.
MATERIALS: dict[str, tuple[str, float]] = {
    "board": ("C6H10O5", 0.22),
    "paper": ("C6H10O5", 0.80),
    "textile": ("C6H10O5", 0.35),
    "wood": ("C6H10O5", 0.62),
    "food": ("H2O", 1.00),
    "plastic": ("C15H17N", 1.05),
    "polymer": ("C6H11NO", 1.25),
    "rubber": ("C5H8S0.05Zn0.02", 1.15),
    "pvc": ("C2H3Cl", 1.38),
    "glass": ("SiO2.4Na0.4Ca0.2", 2.50),
    "ceramic": ("Al2O3", 3.60),
    "mineral": ("CaCO3", 1.50),
    "pcb": ("SiO2C3H3Cu0.08", 1.90),
    "cell": ("LiCoO2C9Cu0.5", 2.30),
    "aluminium": ("Al", 2.70),
    "titanium": ("Ti", 4.50),
    "zinc": ("Zn", 6.70),
    "steel": ("Fe", 7.85),
    "brass": ("Cu3Zn2", 8.50),
    "copper": ("Cu", 8.94),
    "ferrite": ("Fe2O3", 4.70),
    "lead": ("Pb", 11.34),
}
NAMES: tuple[str, ...] = tuple(MATERIALS)
INDEX: dict[str, int] = {name: index for index, name in enumerate(NAMES)}
ENERGIES_KEV: Array = np.arange(24.0, 160.0, 12.0)
REFERENCE_ENERGY = 4  # 72 keV, near the mean of the low-energy layer behind a few millimetres of material


@dataclass(frozen=True, slots=True)
class Scanner:
    """Tube and sandwich detector of a line scanner; the defaults lie in the middle of what such machines use.

    Attributes:
        tube_kv: Tube voltage, 120 to 160 kV.
        aluminium_mm: Filtration in front of the parcel.
        scintillator_mm: First layer (gadolinium oxysulphide), which stops the soft part.
        copper_mm: Filter between the layers.
        crystal_mm: Second layer (caesium iodide).
    """

    tube_kv: float = 150.0
    aluminium_mm: float = 3.0
    scintillator_mm: float = 0.12
    copper_mm: float = 0.6
    crystal_mm: float = 4.0


@cache
def attenuation_table() -> Array:
    """Return the linear attenuation coefficients, per mm, shape (materials, energies)."""
    return np.stack([_coefficients(formula, density) for formula, density in MATERIALS.values()])


@cache
def _coefficients(formula: str, density: float) -> Array:
    per_cm = xraydb.material_mu(formula, ENERGIES_KEV * 1e3, density=density)
    return np.asarray(per_cm, np.float64) / 10.0


def tube_spectrum(scanner: Scanner) -> Array:
    """Return relative photon numbers per energy: bremsstrahlung plus the tungsten lines, behind the filtration.

    Kramers (Philosophical Magazine 46, 1923): photons per energy interval fall as U/E - 1. The K lines of tungsten
    (59.3 and 67.2 keV; xraydb) appear above their edge at 69.5 kV; their strength, a third of the continuum of one
    12 keV bin, is that of a thick target at 150 kV.
    """
    photons = np.clip(scanner.tube_kv / ENERGIES_KEV - 1.0, 0.0, None)
    if scanner.tube_kv > 69.5:
        lines = np.isin(ENERGIES_KEV, (60.0, 72.0))
        photons = photons * np.where(lines, 1.0 + 1.0 / 3.0, 1.0)
    return np.asarray(photons * np.exp(-_coefficients("Al", 2.7) * scanner.aluminium_mm))


def detector_weights(scanner: Scanner) -> tuple[Array, Array]:
    """Return what each energy contributes to the low and the high signal; each sums to 1.

    Both layers integrate energy: a photon counts with what it leaves in the layer.
    """
    first = np.exp(-_coefficients("Gd2O2S", 7.3) * scanner.scintillator_mm)
    copper = np.exp(-_coefficients("Cu", 8.94) * scanner.copper_mm)
    second = np.exp(-_coefficients("CsI", 4.5) * scanner.crystal_mm)
    energy = tube_spectrum(scanner) * ENERGIES_KEV
    low, high = energy * (1.0 - first), energy * first * copper * (1.0 - second)
    return low / low.sum(), high / high.sum()


def attenuation_curves(material: str, thickness_mm: Array, scanner: Scanner | None = None) -> tuple[Array, Array]:
    """Return the low and high attenuation, -ln(I/I0), of a slab of each thickness."""
    low, high = detector_weights(scanner or Scanner())
    survival = np.exp(-np.outer(np.asarray(thickness_mm), attenuation_table()[INDEX[material]]))
    return -np.log(survival @ low + 1e-30), -np.log(survival @ high + 1e-30)
