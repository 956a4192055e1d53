"""What calibration makes of a scanner's pictures, and what the detector does with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scanner_profiles import benign_set, parcel, profile, scored
from xray_pictures import PARAMETERS, PlantedEngine, colour, jpeg, planted_model, png

from features.errors import InputError
from features.palettes import PALETTES
from features.xray_statistics import TRAITS
from models.scanner_profile import ScannerProfile
from models.xray import Picture, XrayModel, read_and_check


@pytest.fixture(scope="module")
def mine() -> ScannerProfile:
    return profile()


def test_the_profile_says_what_it_rests_on(mine: ScannerProfile) -> None:
    assert (mine.scanner, mine.wanted, mine.ratio) == ("belt-3", 0.05, "bundle")
    assert (mine.benign.files, mine.benign.used, mine.benign.unreadable, mine.benign.duplicates) == (40, 40, 0, 0)
    # 40 scores 0.00, 0.01 .. 0.39: floor(0.05 * 41) - 1 = 1 of them may alarm, so the limit lies just above 0.38.
    assert mine.threshold == 0.3801
    assert mine.false_alarms.value == pytest.approx(2 / 41, abs=1e-4)
    assert mine.recall is None
    assert any("Recall is not known" in note for note in mine.notes)
    assert any("40 benign pictures leave the false-alarm rate between" in note for note in mine.notes)
    assert set(mine.reference) == set(TRAITS)
    assert [one.wanted for one in mine.choices] == [0.05, 0.1, 0.2]  # 1 and 2 % need 99 and 49 pictures
    thresholds = [one.threshold for one in mine.choices]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[0] == mine.threshold_told
    assert mine.title.startswith("belt-3 2026-11-20T12:00:00Z ")


def test_near_duplicates_of_a_benign_picture_count_once() -> None:
    again = [replace(one, name=f"again {one.name}", group=f"again {one.name}") for one in benign_set(20)]
    found = profile([*benign_set(40), *again, scored(900, None)])
    assert (found.benign.files, found.benign.used, found.benign.duplicates, found.benign.unreadable) == (61, 40, 20, 1)
    with pytest.raises(InputError, match="18 different benign pictures"):
        profile([*benign_set(18), *again[:18]])


def test_recall_is_measured_on_labelled_pictures_that_no_benign_one_looks_like() -> None:
    armed = [scored(100 + n, 0.9 if n % 4 else 0.1, armed=True, group=f"bag {n // 2}") for n in range(20)]
    harmless = [scored(200 + n, 0.5 if n < 2 else 0.1) for n in range(20)]
    alike = replace(scored(3, 0.9, armed=True), name="gun-taken-out.png", group="bag 99")
    lost = scored(300, None, armed=True, group="bag 100")
    neither = scored(301, 0.9, armed=None)
    found = profile(labelled=[*armed, *harmless, alike, lost, neither])
    assert found.recall is not None
    assert (found.recall.rate.count, found.recall.bags) == (21, 11)
    assert (found.recall.unreadable, found.recall.left_out) == (1, 1)
    assert found.recall.rate.value == pytest.approx(15 / 21, abs=1e-4)
    assert found.recall.rate.low < 15 / 21 < found.recall.rate.high
    assert found.recall.checked is not None
    assert (found.recall.checked.value, found.recall.checked.count) == (0.1, 20)
    assert any("gun-taken-out.png" in note for note in found.notes)
    assert any("rests on 11 bags" in note for note in found.notes)


def test_other_rates_are_told_with_what_they_would_find() -> None:
    armed = [scored(100 + n, n / 20, armed=True) for n in range(20)]
    found = {one.wanted: one.recall for one in profile(labelled=armed).choices}
    # Thresholds lie just above 0.38, 0.36 and 0.32: of 0.00, 0.05 .. 0.95 so many reach them.
    assert found == {0.05: 0.6, 0.1: 0.6, 0.2: 0.65}


def test_shielded_pictures_are_counted_apart() -> None:
    benign = [replace(one, not_clear=n < 4) for n, one in enumerate(benign_set())]
    assert profile(benign).benign.not_clear == 4
    assert any("4 of 40 benign pictures are shielded or negative" in note for note in profile(benign).notes)


def test_an_alarm_at_a_low_score_still_shows_its_region(mine: ScannerProfile) -> None:
    low = replace(mine, threshold=0.0001, ratio_scores=(0.1, 1.0), ratio_values=(-6.0, -5.0))
    result = planted_model().assess([Picture(png(colour()))], profile=low)
    assert result.assessment == "alarm"
    assert result.score is not None
    assert result.score < 0.05
    assert result.images[0].regions


def test_a_benign_folder_unlike_the_labelled_pictures_is_told() -> None:
    labelled = [scored(100, 0.9, armed=True), *(scored(200 + n, 0.8) for n in range(20))]
    assert any("not what this scanner usually sees" in note for note in profile(labelled=labelled).notes)


def test_a_palette_that_the_pictures_contradict_is_told() -> None:
    assert not [note for note in profile(palette="classic").notes if "hues" in note]
    (note,) = [note for note in profile(benign_set(palette="deep_blue"), palette="teal").notes if "hues" in note]
    assert "the nearest is deep_blue" in note
    (note,) = [note for note in profile(benign_set(palette=None), palette="teal").notes if "grey" in note]
    assert "changes nothing" in note


def test_the_detector_uses_the_scanners_threshold_and_says_so(mine: ScannerProfile) -> None:
    model, picture = planted_model(), Picture(png(colour()))
    peak = round(model.peak(read_and_check(picture.data).image), 4)
    assert peak > PARAMETERS.threshold
    without = model.assess([picture])
    assert (without.assessment, without.scanner, without.profile) == ("alarm", "uncalibrated", None)
    assert without.images[0].statistics is None
    for threshold, assessment in ((peak, "alarm"), (peak + 0.0001, "clear")):
        own = replace(mine, threshold=round(threshold, 4))
        within = model.assess([picture], profile=own)
        assert (within.assessment, within.scanner) == (assessment, "calibrated")
        assert within.profile is not None
        assert (within.profile.digest, within.profile.false_alarms) == (own.digest, own.false_alarms.value)
        assert within.images[0].statistics is not None


def test_told_scores_and_evidence_follow_the_profile(mine: ScannerProfile) -> None:
    model = planted_model()
    sure = model.assess([Picture(png(colour()))], profile=mine).score
    assert sure is not None
    # The planted card believes up to log ratio 3; forty benign pictures bear out ln 41 at most.
    assert model.log_likelihood_ratio(sure, mine) <= min(3.0, np.log(41)) + 1e-6
    parameters = mine.parameters(PARAMETERS)
    assert mine.threshold_told == pytest.approx(float(parameters.told(mine.threshold)), abs=1e-4)
    told = parameters.told(np.linspace(0, 1, 200))
    assert np.all(np.diff(told) > 0)
    assert parameters.least_region <= parameters.threshold


def test_the_stated_palette_is_read_by(mine: ScannerProfile) -> None:
    picture = Picture(png(parcel(1, palette="deep_blue")))
    estimated = planted_model().assess([picture], profile=mine).images[0]
    stated = planted_model().assess([picture], profile=replace(mine, palette="deep_blue")).images[0]
    assert estimated.look != stated.look
    assert replace(mine, palette="deep_blue").known_palette is PALETTES["deep_blue"]


def test_a_profile_of_another_model_is_a_mistake_of_the_caller(mine: ScannerProfile) -> None:
    with pytest.raises(ValueError, match="made with planted"):
        XrayModel("planted-2.0.0", PlantedEngine(), PARAMETERS).assess([Picture(png(colour()))], profile=mine)


def test_an_unreadable_picture_stays_so_on_a_calibrated_scanner(mine: ScannerProfile) -> None:
    (image,) = planted_model().assess([Picture(jpeg(colour())[:2000])], profile=mine).images
    assert (image.assessment, image.ability, image.statistics) == ("unknown", "unreadable", None)
