"""Reads who is to be erased: a JSON file with the details of one person, as manifests have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from features.errors import InputError, Problem
from features.manifest import Marketplace, Party
from features.manifest_schema import NotJson, load_json
from service.erase import Person

TEXTS = ("name", "company", "city", "postcode", "country", "phone", "email", "tax_id", "account_id")
SELLER = ("platform", "seller_id")
KNOWN = (*TEXTS, "address", *SELLER)


def read_person(path: Path) -> Person:
    """Read the file.

    Raises:
        InputError: It cannot be read, or does not say who is meant; everything wrong is listed.
    """
    try:
        raw = load_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except (NotJson, InputError) as error:
        raise InputError(f"{path}: not JSON. {error.message}", error.problems) from error
    problems = list(_problems(raw)) if isinstance(raw, dict) else [Problem("", "wrong_type", "Must be one object.")]
    if not problems and not any(raw.values()):
        problems.append(Problem("", "missing", "Name at least one detail."))
    if problems:
        raise InputError(f"{path}: does not say who is meant; the fields are {', '.join(KNOWN)}.", problems)
    return _person(raw)


def _problems(raw: Mapping[str, Any]) -> list[Problem]:
    found = [Problem(name, "unknown_field", "There is no such detail.") for name in raw if name not in KNOWN]
    found += [
        Problem(name, "wrong_type", "Must be a text.")
        for name in (*TEXTS, *SELLER)
        if not isinstance(raw.get(name) or "", str)
    ]
    lines = raw.get("address") or []
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        found.append(Problem("address", "wrong_type", "Must be a list of lines."))
    return found


def _person(raw: Mapping[str, Any]) -> Person:
    known = {one.name for one in fields(Party)}
    details = {name: raw[name] or None for name in TEXTS if name in raw and name in known}
    party = Party(**details, address=tuple(raw["address"]) if raw.get("address") else None)
    market = Marketplace(platform=raw.get("platform"), seller_id=raw["seller_id"]) if raw.get("seller_id") else None
    return Person(party, market)
