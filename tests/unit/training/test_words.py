"""The models of words: what they learn, and that no row is scored by a model that saw its label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_frames import make_rows

from models.coded import code
from models.hs_text import HsText, pair_scores
from models.risk_text import TextModel
from training.frame import Frame
from training.splits import folds_by_group
from training.words import Lexicon, fit_text, learned_out_of_fold

SHIRTS, TUBES = "cotton shirts", "steel tubes"


def frame_of(texts: list[str | None], chapters: list[str | None], labels: list[bool]) -> Frame:
    frame = make_rows(len(texts), labels=labels)
    return replace(frame, texts=code(texts), codes={**frame.codes, "hs_chapter": code(chapters)})


def goods(rows: int) -> Frame:
    """Shirts and tubes under their own chapters; every tenth parcel of shirts says tubes."""
    texts: list[str | None] = [TUBES if place % 2 or place % 20 == 0 else SHIRTS for place in range(rows)]
    chapters: list[str | None] = ["73" if place % 2 else "61" for place in range(rows)]
    return frame_of(texts, chapters, [place % 20 == 0 for place in range(rows)])


def test_the_text_model_learns_words_and_knows_their_forms() -> None:
    texts = ["pistol parts", "pieces de pistolet", "steel pot", "kochtopf", ""] * 40
    labels = np.array([True, True, False, False, False] * 40)
    model = fit_text(code(text or None for text in texts), labels)
    bad, good, empty = model.score(["pistole", "steel pots", ""])
    assert bad > good
    assert np.isnan(empty)
    again = TextModel.from_bytes(model.to_bytes())
    assert again.score(texts).tobytes() == model.score(texts).tobytes()
    assert fit_text(code([None, None]), np.array([True, False])).score(["x"])[0] == 0.0


def test_a_description_under_the_wrong_chapter_does_not_fit() -> None:
    frame = goods(400)
    lexicon = Lexicon(frame.texts)
    counts = lexicon.count_words(frame, np.ones(len(frame)))
    fits = lexicon.hs_fits(counts, frame)
    right, wrong = fits[2], fits[0]
    assert right[0] > 0 > wrong[0]
    assert right[1] == 0.0
    assert wrong[1] > 1.0
    served = pair_scores(HsText.from_bytes(counts.to_bytes()).lifts(), frame.texts, np.array([61, 73] * 200))
    np.testing.assert_allclose(fits, served, atol=1e-5)


def test_without_a_text_or_a_chapter_the_fit_is_unknown_and_new_words_fit_anything() -> None:
    frame = goods(200)
    lifts = Lexicon(frame.texts).count_words(frame, np.ones(200)).lifts()
    texts, chapters = code([None, SHIRTS, "velvet harp"]), np.array([61, -1, 61])
    found = pair_scores(lifts, texts, chapters)
    assert np.isnan(found[:2]).all()
    assert found[2].tolist() == [0.0, 0.0]


def test_no_row_is_scored_by_a_model_that_saw_its_group() -> None:
    frame = goods(300)
    folds = folds_by_group(frame.groups, 5, 0)
    lexicon = Lexicon(frame.texts)
    mine = folds == 1
    other = replace(frame, labels=np.where(mine, ~frame.labels, frame.labels))
    one, two = (learned_out_of_fold(lexicon, each, np.ones(300), folds) for each in (frame, other))
    np.testing.assert_array_equal(one[mine], two[mine])
    assert (one[~mine] != two[~mine]).any()


def test_counts_of_words_do_not_depend_on_labels() -> None:
    frame = goods(100)
    flipped = replace(frame, labels=~frame.labels)
    lexicon = Lexicon(frame.texts)
    one, two = (lexicon.count_words(each, np.ones(100)).to_bytes() for each in (frame, flipped))
    assert one == two
