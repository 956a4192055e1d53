"""LightGBM's trees as paths: what a row must do at every split to reach a leaf, and how many rows did in training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]
Step = tuple[int, int, bool, float]
"""Number of the split, its column, whether the path goes left, share of the node's training rows that go so."""


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


def read_trees(dump: Node) -> list[Tree] | None:
    """Read what `Booster.dump_model` gives.

    Returns:
        The trees; None where a split is not by a threshold (a category), takes zero for unknown, or has a side that
        no training row went to: for such models `Booster.predict` answers.
    """
    roots = [one["tree_structure"] for one in dump["tree_info"]]
    if not all(_readable(node) for root in roots for node in _splits(root)):
        return None
    return [_tree(number, root) for number, root in enumerate(roots)]


def _readable(node: Node) -> bool:
    plain = node["decision_type"] == "<=" and node["missing_type"] in ("None", "NaN")
    return plain and all(_count(node[side]) > 0 for side in ("left_child", "right_child"))


def _tree(number: int, root: Node) -> Tree:
    splits = list(_splits(root))
    numbers = {id(node): place for place, node in enumerate(splits)}
    leaves = list(_leaves(root, (), numbers))
    total = sum(_count(leaf) for leaf, _ in leaves) if splits else 1
    return Tree(
        columns=tuple(node["split_feature"] for node in splits),
        thresholds=tuple(node["threshold"] for node in splits),
        unknown_left=tuple(_unknown_left(node) for node in splits),
        mean=sum(leaf["leaf_value"] * (_count(leaf) / total if splits else 1.0) for leaf, _ in leaves),
        paths=tuple(_path(number, leaf["leaf_value"], steps) for leaf, steps in leaves),
    )


def _unknown_left(node: Node) -> bool:
    # Where training knew no gaps, LightGBM reads a gap as zero.
    return bool(node["default_left"]) if node["missing_type"] == "NaN" else node["threshold"] >= 0.0


def _splits(node: Node) -> Iterator[Node]:
    if "split_feature" in node:
        yield node
        yield from _splits(node["left_child"])
        yield from _splits(node["right_child"])


def _leaves(node: Node, steps: tuple[Step, ...], numbers: Mapping[int, int]) -> Iterator[tuple[Node, tuple[Step, ...]]]:
    if "split_feature" not in node:
        yield node, steps
        return
    for side, left in (("left_child", True), ("right_child", False)):
        share = _count(node[side]) / _count(node)
        yield from _leaves(node[side], (*steps, (numbers[id(node)], node["split_feature"], left, share)), numbers)


def _count(node: Node) -> int:
    return int(node["internal_count"] if "split_feature" in node else node.get("leaf_count", 0))


def _path(tree: int, value: float, steps: tuple[Step, ...]) -> Path:
    masks: dict[int, int] = {}
    wanted: dict[int, int] = {}
    kept: dict[int, float] = {}
    for number, column, left, share in steps:
        masks[column] = masks.get(column, 0) | 1 << number
        wanted[column] = wanted.get(column, 0) | int(left) << number
        kept[column] = kept.get(column, 1.0) * share
    return Path(tree, value, tuple(masks), tuple(masks.values()), tuple(wanted.values()), tuple(kept.values()))
