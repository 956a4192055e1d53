"""A small procedure with two lists, as texts of files."""

from __future__ import annotations

from collections.abc import Callable

ORIGINS = """\
list: origins
kind: country
source: Decision 14
issued: 2026-11-01
expires: 2027-05-01
entries:
  - SE
  - {code: "NO", from: 2026-12-01, until: 2027-01-31, note: Annex B}
"""
HEADINGS = "list: headings\nkind: hs_code\nsource: Annex\nissued: 2026-11-01\nentries: ['9301', '93']\n"
HEAD = 'extends: ../policy.yaml\nversion: "2"\napplies_to: {station: ["leeds-*"], channel: courier}\n'
"""How an override begins."""

RULES = ("A detain {xray: {at_least: 0.9}}", "B scan {origin_country: {codes: GB, list: origins}}",
         "C scan {hs_code: {list: headings}}")  # fmt: skip


def procedure(text_of: Callable[..., str], *rules: str, **more: str) -> dict[str, bytes]:
    """The files; keywords add or replace one, its path with `__` for `/` and without `.yaml`."""
    texts = {"policy": text_of(*(rules or RULES)), "lists__origins": ORIGINS, "lists__headings": HEADINGS, **more}
    return {name.replace("__", "/") + ".yaml": text.encode() for name, text in texts.items()}
