"""LightGBM's trees as paths: what a row must do at every split to reach a leaf, and how many rows did in training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.tree_text import Lists, TreeText

Step = tuple[int, int, bool, float]
"""Number of the split, its column, whether the path goes left, share of the node's training rows that go so."""

# Of LightGBM's decision_type: whether a gap goes left, and what a gap is.
LEFT, MISSING, NO_GAPS, NAN_IS_GAP = 2, 12, 0, 8
NO_ROWS = (0,)


@dataclass(frozen=True, slots=True)
class Path:
    """The way to one leaf; the tuples have one entry for each different column on it.

    Attributes:
        tree: Number of the tree.
        value: The leaf's value.
        columns: The different columns.
        masks: The splits on the column, as bits.
        wanted: Those of them at which the path goes left, as bits.
        kept: Share of the training rows that follow the path at these splits, above 0.
    """

    tree: int
    value: float
    columns: tuple[int, ...]
    masks: tuple[int, ...]
    wanted: tuple[int, ...]
    kept: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree; splits are numbered from the root downwards, left before right.

    Attributes:
        columns: Column of each split.
        thresholds: What goes left is at most this.
        unknown_left: Whether an unknown value goes left.
        mean: Mean output over the training rows.
        paths: One for each leaf.
    """

    columns: tuple[int, ...]
    thresholds: tuple[float, ...]
    unknown_left: tuple[bool, ...]
    mean: float
    paths: tuple[Path, ...]


def read_trees(text: TreeText) -> list[Tree] | None:
    """Read trees as paths.

    Returns:
        The trees; None where a split takes zero for unknown, or has a side that no training row went to, or the text
        does not say how many did: for such models `Booster.predict` answers.
    """
    if not all(_readable(lists) for lists in text.trees):
        return None
    return [_tree(number, lists) for number, lists in enumerate(text.trees)]


def splits_of(lists: Lists) -> int:
    """Return how many splits a tree has."""
    return len(lists["leaf_value"]) - 1


def _readable(lists: Lists) -> bool:
    if not splits_of(lists):
        return True
    plain = all(one & MISSING in (NO_GAPS, NAN_IS_GAP) for one in lists["decision_type"])
    return plain and all(min(lists.get(name, NO_ROWS)) > 0 for name in ("internal_count", "leaf_count"))


def _tree(number: int, lists: Lists) -> Tree:
    splits = list(_splits(lists, _root(lists)))
    numbers = {split: place for place, split in enumerate(splits)}
    leaves = list(_leaves(lists, _root(lists), (), numbers))
    values = lists["leaf_value"]
    total = sum(_count(lists, leaf) for leaf, _ in leaves) if splits else 1
    return Tree(
        columns=tuple(lists["split_feature"][split] for split in splits),
        thresholds=tuple(lists["threshold"][split] for split in splits),
        unknown_left=tuple(_unknown_left(lists, split) for split in splits),
        mean=sum(values[~leaf] * (_count(lists, leaf) / total if splits else 1.0) for leaf, _ in leaves),
        paths=tuple(_path(number, values[~leaf], steps) for leaf, steps in leaves),
    )


def _root(lists: Lists) -> int:
    return 0 if splits_of(lists) else -1


def _unknown_left(lists: Lists, split: int) -> bool:
    decision = lists["decision_type"][split]
    # Where training knew no gaps, LightGBM reads a gap as zero.
    return bool(decision & LEFT if decision & MISSING == NAN_IS_GAP else lists["threshold"][split] >= 0.0)


def _splits(lists: Lists, place: int) -> Iterator[int]:
    if place >= 0:
        yield place
        yield from _splits(lists, lists["left_child"][place])
        yield from _splits(lists, lists["right_child"][place])


def _leaves(
    lists: Lists, place: int, steps: tuple[Step, ...], numbers: Mapping[int, int]
) -> Iterator[tuple[int, tuple[Step, ...]]]:
    if place < 0:
        yield place, steps
        return
    for side, left in (("left_child", True), ("right_child", False)):
        child = lists[side][place]
        share = _count(lists, child) / _count(lists, place)
        step = (numbers[place], lists["split_feature"][place], left, share)
        yield from _leaves(lists, child, (*steps, step), numbers)


def _count(lists: Lists, place: int) -> int:
    rows: int = lists["internal_count"][place] if place >= 0 else lists["leaf_count"][~place]
    return rows


def _path(tree: int, value: float, steps: tuple[Step, ...]) -> Path:
    masks: dict[int, int] = {}
    wanted: dict[int, int] = {}
    kept: dict[int, float] = {}
    for number, column, left, share in steps:
        masks[column] = masks.get(column, 0) | 1 << number
        wanted[column] = wanted.get(column, 0) | int(left) << number
        kept[column] = kept.get(column, 1.0) * share
    return Path(tree, value, tuple(masks), tuple(masks.values()), tuple(wanted.values()), tuple(kept.values()))
