"""What changed in the worked examples: whoever approves must see when a case was turned round or dropped."""

from __future__ import annotations

from collections.abc import Iterator

from sop.diff.policies import Change, Kind
from sop.findings import Report
from sop.package import Package
from sop.reading.yaml_reader import Mapping, Node, Scalar, Sequence, read_yaml


def case_changes(old: Package, new: Package) -> Iterator[Change]:
    """Return every case that was added, removed or changed, by its name, in the files of both procedures."""
    paths = {path for one in (old, new) for path in one.files if path.endswith("cases.yaml")}
    for path in sorted(paths):
        before, after = _cases(old, path), _cases(new, path)
        changed = [name for name in (*before, *after) if before.get(name) != after.get(name)]
        for name in dict.fromkeys(changed):
            yield _change(path, name, before.get(name), after.get(name))
        if not changed and old.files.get(path) != new.files.get(path):
            yield Change("changed", path, "remarks and layout", None, None)


def _change(path: str, name: str, before: str | None, after: str | None) -> Change:
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    return Change(kind, path, f"case {name}", before, after)


def _cases(package: Package, path: str) -> dict[str, str]:
    """Return the cases of a file by name, as what is given and expected."""
    tree = read_yaml(package.files.get(path, b"").decode("utf-8", "replace"), Report())
    listed = _entry(tree, "cases") if isinstance(tree, Mapping) else None
    cases = listed.items if isinstance(listed, Sequence) else ()
    found: dict[str, str] = {}
    for number, case in enumerate(cases, 1):
        name = _entry(case, "name")
        label = name.text if isinstance(name, Scalar) else f"number {number}"
        words = _words(case, without="name")
        found[label] = f"{found[label]}; {words}" if label in found else words
    return found


def _entry(node: Node, name: str) -> Node | None:
    entries = node.entries if isinstance(node, Mapping) else ()
    return next((value for key, value in entries if key.text == name), None)


def _words(node: Node, without: str = "") -> str:
    """Return a node in one line, as an author writes it."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return f"[{', '.join(map(_words, node.items))}]"
        case Mapping():
            # Sorted, because the order of names means nothing.
            pairs = sorted((key.text, _inner(value)) for key, value in node.entries if key.text != without)
            return ", ".join(f"{name}: {text}" for name, text in pairs)
    return "…"


def _inner(node: Node) -> str:
    return f"{{{_words(node)}}}" if isinstance(node, Mapping) else _words(node)
