"""The manifest's page for those who send manifests (`docs/manifest.md`), made from the schema that validates.

`python -m features.manifest_schema.page > docs/manifest.md`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from features.manifest_schema import manifest_json_schema
from features.manifest_schema.problems import JSON_CODES, PROBLEM_CODES
from features.strict_json import MAX_DEPTH, MAX_INTEGER_DIGITS

HEAD = f"""# The manifest

Made from the schema in `features/manifest_schema` by `python -m features.manifest_schema.page`; do not edit by hand.

A manifest is one JSON object: the electronic CN22 or CN23 of a postal item, or a courier's advance data for a parcel.
Only what is marked required must be there. All else may be missing or null, and blank text counts as missing: what is
missing is information of its own and never guessed.

Nothing is converted silently: the text "5" is no number, true is no 1, money is a decimal string because a binary
fraction cannot hold it. A field that is not listed here is an error; a site's own columns go into `extra`. A refusal
lists all problems at once, each with its path, such as `items[0].hs_code`.

Two things are accepted although wrong, because they say something about the sender and are raised as indicators: an
`item_id` that is no valid S10 identifier, and an `hs_code` that is not one.

The document is read strictly: UTF-8, no name twice in an object, no NaN or Infinity, whole numbers of at most
{MAX_INTEGER_DIGITS} digits, at most {MAX_DEPTH} levels deep."""
TITLES = {"Item": "items", "Party": "sender, recipient", "Money": "postage, value", "Document": "documents"}
CODE_LISTS = {"Country": "ISO 3166-1 alpha-2", "Currency": "ISO 4217"}


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_tables(), *_codes()]) + "\n"


def _tables() -> Iterator[str]:
    schema = manifest_json_schema()
    yield from _table("The whole", schema)
    for name, part in schema["$defs"].items():
        if part["type"] == "object":
            yield from _table(f"{name} ({TITLES.get(name, name.lower())})", part)


def _table(title: str, part: dict[str, Any]) -> Iterator[str]:
    yield from (
        "",
        f"## {title}",
        "",
        part["description"],
        "",
        "| field | takes | required | meaning |",
        "|---|---|---|---|",
    )
    for name, field in part["properties"].items():
        required = "yes" if name in part.get("required", ()) else ""
        meaning = field.get("description", "") or next(
            (option["description"] for option in field.get("anyOf", ()) if "description" in option), ""
        )
        yield f"| `{name}` | {takes(field)} | {required} | {meaning} |"


def takes(field: dict[str, Any]) -> str:
    """Say in words what a field of the JSON Schema takes, with its bounds."""
    if "anyOf" in field:
        return " or ".join(takes(option) for option in field["anyOf"] if option.get("type") != "null")
    if "$ref" in field:
        name = str(field["$ref"]).rsplit("/", 1)[-1]
        return CODE_LISTS.get(name, name)
    return _plain(field)


def _plain(field: dict[str, Any]) -> str:
    match field["type"]:
        case "string":
            return _text(field)
        case "number" | "integer":
            return _number(field)
        case "array":
            return _list(field)
        case "boolean":
            return "true or false"
        case _:
            return f"object of up to {field['maxProperties']} names"


def _text(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    if "format" in field:
        return "RFC 3339 time with offset" if field["format"] == "date-time" else "date YYYY-MM-DD"
    least = "1 to " if field.get("minLength") else "up to "
    if "maxLength" not in field:
        return "decimal string"
    return f"text, {least}{field['maxLength']} characters{', in one line' if 'not' in field else ''}"


def _number(field: dict[str, Any]) -> str:
    kind = "whole number" if field["type"] == "integer" else "number"
    return f"{kind}, {field['minimum']:,} to {field['maximum']:,.0f}" if "maximum" in field else kind


def _list(field: dict[str, Any]) -> str:
    least, most = field.get("minItems", 0), field["maxItems"]
    count = f"{least}" if least == most else f"{least} to {most:,}"
    return f"list of {count}: {takes(field['items'])}"


def _codes() -> Iterator[str]:
    for title, codes in (("Codes of a refused manifest", PROBLEM_CODES), ("Codes of a refused document", JSON_CODES)):
        yield from ("", f"## {title}", "", "| code | meaning |", "|---|---|")
        for code, meaning in codes.items():
            yield f"| `{code}` | {meaning} |"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - the page is this module's output when run
