"""Tuning goes on where it was broken off, never ends with something worse, and refuses a study of other data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.errors import InputError
from training.data import Source
from training.frame import Frame
from training.trees import PARAMETERS
from training.tune import TUNED, Budget, tune

MOMENT = 0.02
"""Minutes; the first trial is always finished."""


@pytest.fixture
def few(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> Frame:
    monkeypatch.setattr("training.tune.MOST_ROUNDS", 30)
    return frame.take(np.arange(900))


def test_a_study_broken_off_goes_on_and_keeps_the_default_as_its_mark(
    few: Frame, source: Source, tmp_path: Path
) -> None:
    budget = Budget(minutes=MOMENT, study=tmp_path / "study.sqlite", data=source.sha256)

    def interrupt(seconds: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(few, source.site, budget, progress=interrupt)
    first = tune(few, source.site, budget)
    again = tune(few, source.site, budget)
    assert first.card["trials_given_up"] >= 1  # the one that was interrupted
    assert 1 <= first.card["trials"] <= again.card["trials"]
    assert sum(again.card[key] for key in ("trials", "trials_given_up")) > sum(
        first.card[key] for key in ("trials", "trials_given_up")
    )
    assert again.card["best"] >= first.card["best"] >= first.card["default"] == again.card["default"]
    assert 0.3 < first.card["default"] < 1.0
    assert set(TUNED) < set(again.parameters)
    if first.card["trials"] == 1:
        assert {name: first.parameters[name] for name in TUNED} == pytest.approx(
            {name: PARAMETERS[name] for name in TUNED}
        )


def test_a_study_of_other_data_or_no_study_at_all_is_refused(few: Frame, source: Source, tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    tune(few, source.site, Budget(minutes=MOMENT, study=path, data=source.sha256))
    with pytest.raises(InputError, match="made with another data; name another file with --study"):
        tune(few, source.site, Budget(minutes=MOMENT, study=path, data="other"))
    with pytest.raises(InputError, match="another seed"):
        tune(few, source.site, Budget(minutes=MOMENT, study=path, data=source.sha256, seed=1))
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database at all, it is a text\n" * 100)
    with pytest.raises(InputError, match="cannot be used as a study"):
        tune(few, source.site, Budget(minutes=MOMENT, study=broken, data=source.sha256))
