"""Is the other world too easy? How far single fields of the manifest and pairs of them give the label away.

python -m benchmarks.other_world.attack FILE.ndjson [--show 15]
Each value, and each pair of values, is scored by its share of illicit parcels in the other folds (near-duplicates stay
in one fold); prints the highest AUC. A world in which a lookup of two cells ranks well would measure memory, not risk.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.metrics import Ranking, auc

FOLDS = 5
SMOOTHING = 20.0
Cells = dict[str, Sequence[str]]


def cells(lines: Iterable[dict[str, Any]]) -> Cells:
    """Return each field as text by parcel; numbers in steps of half an octave, missing as such."""
    rows = [_row(line["manifest"]) for line in lines]
    return {name: [row[name] for row in rows] for name in rows[0]}


def attack(
    columns: Cells, labels: npt.NDArray[np.bool_], groups: Sequence[str], seed: int = 0
) -> list[tuple[float, str]]:
    """Return (AUC, field or pair of fields), the highest first.

    Args:
        columns: What `cells` returns.
        labels: Illicit or not, shape (n,).
        groups: Near-duplicates.
        seed: Of the folds.
    """
    _, places = np.unique(np.array(groups), return_inverse=True)
    folds = np.random.default_rng(seed).integers(0, FOLDS, int(places.max()) + 1)[places]
    codes = {name: np.unique(np.array(column), return_inverse=True)[1] for name, column in columns.items()}
    keys = {name: code.astype(np.int64) for name, code in codes.items()}
    for one, other in combinations(codes, 2):
        keys[f"{one} x {other}"] = codes[one].astype(np.int64) * (int(codes[other].max()) + 1) + codes[other]
    return sorted(((_fold_auc(key, labels, folds), name) for name, key in keys.items()), reverse=True)


def _fold_auc(key: npt.NDArray[np.int64], labels: npt.NDArray[np.bool_], folds: npt.NDArray[np.int64]) -> float:
    _, code = np.unique(key, return_inverse=True)
    size = int(code.max()) + 1
    scores = np.empty(len(labels))
    for fold in range(FOLDS):
        known, asked = folds != fold, folds == fold
        rows = np.bincount(code[known], minlength=size)
        hits = np.bincount(code[known], labels[known].astype(np.float64), minlength=size)
        rates = (hits + SMOOTHING * labels[known].mean()) / (rows + SMOOTHING)
        scores[asked] = rates[code[asked]]
    return float(auc(Ranking(scores, labels).blocks()))


def _row(manifest: dict[str, Any]) -> dict[str, str]:
    item, sender, recipient = manifest["items"][0], manifest.get("sender") or {}, manifest.get("recipient") or {}
    words = str(item.get("description") or "").casefold().split()
    plain = {
        name: manifest.get(name)
        for name in ("channel", "mail_class", "nature", "origin_country", "destination_country", "carrier_id")
    }
    return {name: str(value) for name, value in plain.items()} | {
        "lines": str(len(manifest["items"])),
        "heading": str(item.get("hs_code"))[:4],
        "chapter": str(item.get("hs_code"))[:2],
        "first_word": words[0] if words else "",
        "made": str(item.get("origin_country")),
        "weight": _step(manifest.get("gross_weight_g")),
        "net": _step(item.get("net_weight_g")),
        "value": _step((item.get("value") or {}).get("amount")),
        "price": _step(_share((item.get("value") or {}).get("amount"), manifest.get("gross_weight_g"))),
        "density": _step(_density(manifest)),
        "packing": _step(_share(manifest.get("gross_weight_g"), item.get("net_weight_g"))),
        "transits": str(manifest.get("transit_countries")),
        "sender_fields": ",".join(sorted(sender)),
        "recipient_fields": ",".join(sorted(recipient)),
        "account": str(sender.get("account_opened"))[:7],
        "marketplace": str((manifest.get("marketplace") or {}).get("platform")),
        "documents": str(len(manifest.get("documents") or ())),
    }


def _step(value: Any) -> str:
    return "-" if value is None or float(value) <= 0 else str(round(2 * log2(float(value))))


def _share(one: Any, other: Any) -> float | None:
    return float(one) / float(other) if one and other else None


def _density(manifest: dict[str, Any]) -> float | None:
    sides = manifest.get("dimensions_mm")
    litres = np.prod(sides) / 1e6 if sides else None
    return _share((manifest.get("gross_weight_g") or 0) / 1000.0, litres)


def main() -> None:
    """Print the fields and pairs that give most away."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", type=int, default=15)
    options = parser.parse_args()
    with options.file.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    labels = np.array([bool(line["label"]) for line in lines])
    found = attack(cells(lines), labels, [line["group"] for line in lines])
    for area, name in found[: options.show]:
        print(f"{area:.3f}  {name}")


if __name__ == "__main__":
    main()
