"""The hash of n-grams is the one that scikit-learn's HashingVectorizer counts by, in any script."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.utils import murmurhash3_32

from models.murmur import murmur3


@given(st.text(max_size=12))
@example("")
@example(" a")
@example("tube")
@example("钢管套")
def test_a_text_has_the_hash_that_training_counted_it_by(text: str) -> None:
    assert murmur3(text) == murmurhash3_32(text, seed=0)
