"""The sample parcels that `make run` screens: a manifest each, and a synthetic scan for some."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sample:
    """One parcel to try; `image` is None for advance data that comes before the parcel."""

    name: str
    title: str
    manifest_path: Path
    image: Path | None = None


def _sample(name: str, title: str, image: str | None = None) -> Sample:
    return Sample(name, title, FOLDER / "manifests" / f"{name}.json", FOLDER / image if image else None)


SAMPLES = (
    _sample("harmless", "Harmless: clothing from a shop that is known"),
    _sample("worrying-manifest", "The manifest is the worry: vague words, no licence, far too cheap"),
    _sample("part-in-picture", "The picture is the worry: the manifest looks harmless", "pistol.png"),
    _sample("shielded", "The scanner saw nothing through a plate", "shielded.png"),
)
