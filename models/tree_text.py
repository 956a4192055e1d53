"""Reads LightGBM's text of trees, and checks it before the library does.

The library takes a text at its word: one whose lengths do not fit ends the process, a child that is its own parent
never comes to a leaf, a column that is not there is read from memory that belongs to others. A file of a bundle may
come from anywhere, or from a hand that changed one number, and the service must say so and go on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_TREE: Final = re.compile(r"^Tree=", re.MULTILINE)
_END: Final = "end of trees\n"
_NODES: Final[Mapping[str, Callable[[str], Any]]] = {
    "split_feature": int, "threshold": float, "decision_type": int, "left_child": int, "right_child": int,
    "split_gain": float, "internal_value": float, "internal_weight": float, "internal_count": int,
}  # fmt: skip
_LEAVES: Final[Mapping[str, Callable[[str], Any]]] = {"leaf_value": float, "leaf_weight": float, "leaf_count": int}
_OF_COLUMNS: Final = ("feature_names", "feature_infos")
_KEPT: Final = frozenset(
    {"split_feature", "threshold", "decision_type", "left_child", "right_child", "internal_count", "leaf_value",
     "leaf_count"}
)  # fmt: skip
"""What says how rows go; the rest says how the trees were found."""
_ONE: Final = frozenset({"num_leaves", "num_cat", "is_linear", "shrinkage"})
_NEEDED: Final = frozenset({"num_leaves", "leaf_value"})
_NEEDED_TO_SPLIT: Final = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
_DECISIONS: Final = frozenset({0, 2, 4, 6, 8, 10})
"""What a split by size may say of missing values; an odd number is a split by category, which no bundle here has."""
_FIGURES: Final = re.compile(r"[-+.0-9e infa]*")
MAX_LEAVES: Final = 131_072
"""LightGBM's own limit for `num_leaves`."""
Lists = Mapping[str, list[Any]]
"""Of one tree by name: an entry for each split, or for each leaf."""


@dataclass(frozen=True, slots=True)
class TreeText:
    """What a text says.

    Attributes:
        columns: Length of a row.
        trees: The splits and leaves of each tree. A child from 0 up is a split, from -1 down a leaf.
    """

    columns: int
    trees: tuple[Lists, ...]


def read_text(text: str) -> TreeText:
    """Read a text of one tree an iteration, splits by size and constant leaves.

    Raises:
        ValueError: It is none, or its parts do not fit together; one sentence.
    """
    header, features = _header(text)
    body, end, _ = text.partition(_END)
    starts = [found.start() for found in _TREE.finditer(body)]
    if not end or not starts:
        raise ValueError("there are no trees in it")
    blocks = [body[start:stop] for start, stop in zip(starts, [*starts[1:], len(body)], strict=True)]
    sizes = header.get("tree_sizes")
    # Without them the library reads on from tree to tree; with them it believes them.
    if sizes is not None and list(map(len, blocks)) != list(map(int, sizes.split())):
        raise ValueError("the trees do not stand where tree_sizes says")
    return TreeText(features, tuple(_tree(block, number, features) for number, block in enumerate(blocks)))


def _tree(block: str, number: int, features: int) -> Lists:
    try:
        return _read(block, number, features)
    except ValueError as error:
        raise ValueError(f"tree {number}: {error}") from None


def _header(text: str) -> tuple[dict[str, str], int]:
    first, _, rest = text.partition("\n")
    if first != "tree":
        raise ValueError("it does not begin as LightGBM's text of trees does")
    found = _pairs(rest.partition("\nTree=")[0])
    if (found.get("num_class"), found.get("num_tree_per_iteration")) != ("1", "1"):
        raise ValueError("it has more than one class")
    features = int(found.get("max_feature_idx", "-1")) + 1
    # The library refuses a text without these, and may be asked to read it only months later.
    if "label_index" not in found or any(len(found.get(name, "").split()) != features for name in _OF_COLUMNS):
        raise ValueError("its head does not name each column")
    return found, features


def _pairs(block: str) -> dict[str, str]:
    lines = [line.partition("=") for line in block.strip("\n").split("\n")]
    if not all(equals for _, equals, _ in lines):
        raise ValueError("a line says nothing")
    found = {name: value for name, _, value in lines}
    if len(found) < len(lines):
        raise ValueError("a name stands twice")
    return found


def _read(block: str, number: int, features: int) -> Lists:
    found = _pairs(block)
    if found.pop("Tree") != str(number):
        raise ValueError("has another number")
    if unknown := found.keys() - _NODES.keys() - _LEAVES.keys() - _ONE:
        raise ValueError(f"{min(unknown)[:40]} is none of what a tree has")
    if missing := _NEEDED - found.keys():
        raise ValueError(f"{min(missing)} is missing")
    if found.get("num_cat", "0") != "0" or found.get("is_linear", "0") != "0":
        raise ValueError("it splits by category or has lines for leaves")
    if not _FIGURES.fullmatch("".join(found.values())):
        # Python would read 1_0 and the digits of other scripts, the library would not.
        raise ValueError("there are words among the numbers")
    leaves = int(found["num_leaves"])
    if not 1 <= leaves <= MAX_LEAVES:
        raise ValueError(f"num_leaves is {leaves}")
    nodes, ends = _lists(found, _NODES, leaves - 1), _lists(found, _LEAVES, leaves)
    if not all(map(math.isfinite, ends["leaf_value"])):
        raise ValueError("a leaf has no number")
    if leaves > 1:
        _check_splits(nodes, leaves, features)
    return {name: values for name, values in {**nodes, **ends}.items() if name in _KEPT}


def _lists(found: Mapping[str, str], kinds: Mapping[str, Callable[[str], Any]], count: int) -> dict[str, list[Any]]:
    lists = {name: [kind(one) for one in found[name].split()] for name, kind in kinds.items() if name in found}
    for name, values in lists.items():
        # A tree that is one leaf says nothing of its weight.
        if len(values) != count and not (count == 1 and name == "leaf_weight" and not values):
            raise ValueError(f"{name} has {len(values)} values, not {count}")
    return lists


def _check_splits(nodes: Mapping[str, list[Any]], leaves: int, features: int) -> None:
    if missing := [name for name in _NEEDED_TO_SPLIT if name not in nodes]:
        raise ValueError(f"{missing[0]} is missing")
    if not all(0 <= one < features for one in nodes["split_feature"]):
        raise ValueError("a split asks for a column that is not there")
    if not _DECISIONS.issuperset(nodes["decision_type"]):
        raise ValueError("a split is of no known kind")
    if any(map(math.isnan, nodes["threshold"])):
        raise ValueError("a threshold is no number")
    children = [*enumerate(nodes["left_child"]), *enumerate(nodes["right_child"])]
    # A node is made after its parent, so a greater number rules out that a way leads back; leaves count from -1 down.
    if any(0 <= child <= parent for parent, child in children):
        raise ValueError("a way through it leads back")
    if sorted(child for _, child in children) != [*range(-leaves, 0), *range(1, leaves - 1)]:
        raise ValueError("a node or leaf is not reached by exactly one way")
