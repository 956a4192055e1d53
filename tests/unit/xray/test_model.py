"""Assessment and ability: what makes an alarm, what may be clear, and that one picture's failure stays its own."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from xray_pictures import PARAMETERS, PlantedEngine, colour, dual_pages, grey8, jpeg, planted_model, png, tiff

from features.errors import InputError
from features.palettes import PALETTES, colourise
from models.xray import Picture, PictureLimits, XrayModel, assess_without_model
from models.xray_parameters import Parameters


def without_metal() -> bytes:
    attenuation = np.zeros((256, 320), np.float32)
    attenuation[40:220, 40:280] = 0.8
    return png(colourise(attenuation, np.zeros_like(attenuation), PALETTES["classic"]))


def with_plate(metal_too: bool) -> bytes:
    attenuation = np.zeros((256, 320), np.float32)
    attenuation[40:220, 40:280] = 0.3
    attenuation[60:130, 150:260] = 9.5
    page = (60000 * np.exp(-attenuation)).astype(np.uint16)
    low, high = dual_pages()
    return tiff(low, high) if metal_too else png(page)


def test_metal_alarms_with_regions_in_pixels_as_sent() -> None:
    result = planted_model().assess([Picture(png(colour()), "top")])
    (image,) = result.images
    assert (result.assessment, result.ability, result.scanner) == ("alarm", "no_interference", "uncalibrated")
    assert (image.view, image.width, image.height, len(image.sha256)) == ("top", 320, 256, 64)
    assert image.score == result.score
    assert image.regions
    for region in image.regions:
        x, y, width, height = region.box
        assert region.part == "slide"
        assert 0 <= x < x + width <= 320
        assert 0 <= y < y + height <= 256
        assert region.score >= PARAMETERS.least_region
    assert image.look is not None
    assert image.look.dense_metal_share > 0.03


def test_a_harmless_readable_picture_is_clear() -> None:
    result = planted_model().assess([Picture(without_metal())])
    assert (result.assessment, result.ability, result.scanner) == ("clear", "no_interference", "uncalibrated")
    assert result.score is not None
    assert result.score < PARAMETERS.threshold


def test_the_worst_picture_decides() -> None:
    model = planted_model()
    mixed = model.assess([Picture(without_metal()), Picture(png(colour())), Picture(b"")])
    assert (mixed.assessment, mixed.ability) == ("alarm", "unreadable")
    assert [image.assessment for image in mixed.images] == ["clear", "alarm", "unknown"]
    spoilt = model.assess([Picture(without_metal()), Picture(b"rubbish")])
    assert (spoilt.assessment, spoilt.ability) == ("unknown", "unreadable")
    assert spoilt.score == spoilt.images[0].score


def test_an_unreadable_picture_says_why() -> None:
    (image,) = planted_model().assess([Picture(jpeg(colour())[:2000])]).images
    assert (image.assessment, image.ability, image.score, image.look) == ("unknown", "unreadable", None, None)
    assert [problem.code for problem in image.problems] == ["truncated"]
    assert (image.width, image.height) == (320, 256)


def test_a_shield_is_never_clear() -> None:
    quiet = XrayModel("quiet-1.0.0", PlantedEngine(gain=0.001), PARAMETERS)
    (image,) = quiet.assess([Picture(with_plate(metal_too=False))]).images
    assert (image.assessment, image.ability) == ("unknown", "shield")
    assert [problem.code for problem in image.problems] == ["opaque_region"]
    (area,) = image.dense
    assert area.opaque
    assert area.box == (150, 60, 110, 70)
    assert area.share == pytest.approx(110 * 70 / (240 * 180), abs=0.01)
    assert "[150, 60, 110, 70]" in image.problems[0].message
    assert "17.8% of the parcel" in image.problems[0].message


def test_a_shield_with_an_alarm_is_an_alarm() -> None:
    (image,) = planted_model().assess([Picture(with_plate(metal_too=False))]).images
    assert (image.assessment, image.ability) == ("alarm", "shield")


def test_a_negative_is_never_clear() -> None:
    quiet = XrayModel("quiet-1.0.0", PlantedEngine(gain=0.001), PARAMETERS)
    (image,) = quiet.assess([Picture(png(250 - grey8()))]).images
    assert (image.assessment, image.ability) == ("unknown", "no_interference")
    assert [problem.code for problem in image.problems] == ["inverted"]


def test_a_failing_network_loses_one_picture_only() -> None:
    engine = PlantedEngine(fails_on=lambda batch: bool(batch[0, 2].max() > 0.9))
    result = planted_model(engine).assess([Picture(png(colour())), Picture(without_metal())])
    failed, fine = result.images
    assert (failed.assessment, failed.ability, failed.score, failed.regions) == ("unknown", "no_interference", None, ())
    assert [problem.code for problem in failed.problems] == ["model_failed"]
    assert fine.assessment == "clear"
    assert result.assessment == "unknown"


@pytest.mark.parametrize("channel", [0, 1, -1, slice(None)], ids=["any part", "name", "box", "all"])
def test_an_answer_that_is_no_number_is_never_clear(channel: int | slice) -> None:
    class Broken(PlantedEngine):
        def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
            heads = super().run(batch).copy()
            heads[:, channel] = np.nan
            return heads

    (image,) = XrayModel("broken-1.0.0", Broken(), PARAMETERS).assess([Picture(without_metal())]).images
    assert (image.assessment, image.score) == ("unknown", None)
    assert [problem.code for problem in image.problems] == ["model_failed"]


def test_without_a_model_reading_still_works_and_nothing_is_clear() -> None:
    result = assess_without_model([Picture(without_metal()), Picture(with_plate(False)), Picture(b"")], PictureLimits())
    assert [image.assessment for image in result.images] == ["unknown"] * 3
    assert [image.ability for image in result.images] == ["no_interference", "shield", "unreadable"]
    assert result.score is None
    assert result.images[0].look is not None
    assert [problem.code for problem in result.images[0].problems] == ["no_detector"]


def test_no_pictures_are_unknown() -> None:
    assert planted_model().assess([]).assessment == "unknown"


def test_limits_reach_the_reader() -> None:
    (image,) = planted_model().assess([Picture(png(colour()))], PictureLimits(max_side=100)).images
    assert [problem.code for problem in image.problems] == ["too_large"]


def test_score_is_the_chance_at_even_odds_and_its_log_odds_the_likelihood_ratio() -> None:
    model = planted_model()
    # The planted card's knots: outputs 0.3, 0.5, 0.9 stand for log ratios -2, 0, 3 (a slight tilt keeps the order).
    for output, ratio in zip(model.parameters.ratio_scores, model.parameters.ratio_values, strict=True):
        told = float(model.parameters.told(output))
        assert model.log_likelihood_ratio(told) == pytest.approx(ratio, abs=0.11)
    assert model.log_likelihood_ratio(0.0) == model.parameters.ratio_values[0]
    assert model.log_likelihood_ratio(1.0) == model.parameters.ratio_values[-1]
    assert model.log_likelihood_ratio(None) == 0


def test_told_scores_keep_the_order_of_the_networks_outputs() -> None:
    told = planted_model().parameters.told(np.linspace(0.0, 1.0, 501))
    assert (np.diff(told) > 0).all()
    assert 0 < told[0] < told[-1] < 1


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": 1.2}, {"threshold": "high"}, {"least_region": 0.9}, {"parts": ["barrel", "wheel"]},
        {"log_likelihood_ratio": {"scores": [], "values": []}},
        {"log_likelihood_ratio": {"scores": [0.1, 0.2], "values": [0.0]}}, {"log_likelihood_ratio": {}},
    ],
)  # fmt: skip
def test_a_card_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    sound = {"parts": ["barrel"], "threshold": 0.5, "least_region": 0.1,
             "log_likelihood_ratio": {"scores": [0.5], "values": [0.0]}}  # fmt: skip
    assert Parameters.from_card(sound).threshold == 0.5
    with pytest.raises(InputError):
        Parameters.from_card({**sound, **change})
