"""What a model says of labelled parcels, for whoever compares models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from features.errors import InputError
from models.risk import RiskModel
from training.data import BadRows, open_source
from training.frame import Frame, make_frame
from training.mapping import load_mapping
from training.records import RowReport

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledScores:
    """Scores beside the truth, of n parcels.

    Attributes:
        labels: The truth, bool of shape (n,).
        groups: Near-duplicate groups, int32 of shape (n,).
        probability: Calibrated probabilities at the model's own base rate, shape (n,).
        raw: Raw log-odds of the trees, shape (n,).
        times: Seconds since 1970, NaN where unknown, shape (n,).
        sha256: Digest of the file.
        remarks: Which rows were left out and why, and what else the reader should know of the file.
    """

    labels: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int32]
    probability: Numbers
    raw: Numbers
    times: Numbers
    sha256: str
    remarks: tuple[str, ...] = ()


def labelled_scores(
    model: RiskModel, path: Path, mapping: Path | None = None, bad_rows: BadRows = "drop"
) -> LabelledScores:
    """Score a labelled file with a model; history is replayed within the file.

    Args:
        model: The model.
        path: CSV, Parquet or NDJSON.
        mapping: The mapping file; None where columns are named by manifest paths, or lines are manifests.
        bad_rows: See `training.data.open_source`.

    Raises:
        InputError: The file cannot be read, or no row has a label.
    """
    source = open_source(path, load_mapping(mapping) if mapping else None, bad_rows=bad_rows)
    frame = labelled_part(make_frame(source, site=model.site), source.report, bad_rows)
    check_labelled(frame, source.name)
    scores = model.frame_scores(frame)
    return LabelledScores(
        labels=frame.labels,
        groups=frame.groups,
        probability=scores.probability,
        raw=scores.raw,
        times=frame.times,
        sha256=source.sha256,
        remarks=_remarks(source.report),
    )


def _remarks(report: RowReport) -> tuple[str, ...]:
    causes = "; ".join(map(str, report.problems()))
    return (*report.warnings, *([f"{report.fate()} {causes}"] if report.counts else []))


def labelled_part(frame: Frame, report: RowReport, bad_rows: BadRows) -> Frame:
    """Return the parcels whose truth is known, and say in the report how many were left out.

    Most parcels are never opened: they belong to a table because they fill the history of the others.

    Args:
        frame: All parcels, their histories filled in.
        report: Where a warning is added.
        bad_rows: Where it is refuse, or no parcel has a label, nothing is left out and whoever needs labels refuses.
    """
    known = int(np.count_nonzero(frame.labelled))
    if known in (0, len(frame)) or bad_rows == "refuse":
        return frame
    left = len(frame) - known
    report.warnings.append(
        f"{left} of {len(frame)} parcels have no label: they count in the history of the others and nowhere else."
    )
    return frame.take(np.flatnonzero(frame.labelled))


def check_labelled(frame: Frame, name: str) -> None:
    """Check that every parcel has a label.

    Raises:
        InputError: One has none.
    """
    missing = int(np.count_nonzero(~frame.labelled))
    if missing:
        raise InputError(f"{name}: {missing} of {len(frame)} rows have no label; each needs one to measure by.")
