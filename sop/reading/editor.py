"""What editors show while an author types: meanings, examples and ready-made blocks, beside the plain JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping as Map
from typing import Any

import yaml

Schema = dict[str, Any]
LEFT_OUT = "..."
"""Stands in an example for what is too long for it."""


def described(meaning: str, example: str, schema: Schema) -> Schema:
    """Return a key's schema with its meaning and an example, for editors that show plain text and those that show more.

    Args:
        meaning: What the key says, in a sentence.
        example: The key with a value, as an author writes it.
        schema: What its value may be.
    """
    text = f"{meaning}\n\n```yaml\n{example}\n```"
    return {"description": meaning, "markdownDescription": text, **schema, **_examples(example, schema)}


def chosen(words: Map[str, str]) -> Schema:
    """Return an enumeration with the meaning of each word that does not explain itself."""
    plain: Schema = {"type": "string", "enum": list(words)}
    if any(meaning and meaning != word.replace("_", " ") for word, meaning in words.items()):
        plain |= {"enumDescriptions": list(words.values()), "markdownEnumDescriptions": list(words.values())}
    return plain


def _examples(example: str, schema: Schema) -> Schema:
    """Return the example as data, unless it is not whole or the schema has its own."""
    if LEFT_OUT in example or "examples" in schema:
        return {}
    (value,) = yaml.safe_load(example).values()
    return {"examples": [json.loads(json.dumps(value, default=str))]}


def entry_snippet(code: str) -> Schema:
    """Return a ready-made entry of a list, with a code of its kind."""
    return {
        "label": "entry for a while",
        "description": "A code with the days on which it counts, and why.",
        "body": {"code": f"${{1:{code}}}", "from": "${2:2026-12-01}", "until": "${3:2027-01-31}", "note": "${4:Why}"},
    }


RULE_SNIPPETS: list[Schema] = [
    {
        "label": "rule on a score",
        "description": "A rule with a threshold, its clause and what the officer does.",
        "body": {
            "id": "${1:RK-100}",
            "title": "${2:What the rule is for}",
            "when": {"${3|risk,xray,combined|}": {"at_least": "^${4:0.20}"}},
            "lane": "${5|detain,examine,scan,documents|}",
            "reference": "${6:SOP 7.9}",
            "reviewed": "${7:2026-11-01}",
            "instructions": "${8:What the officer does now.}",
        },
    },
    {
        "label": "rule for a while",
        "description": "A rule with its first and last day, on a named list of countries.",
        "body": {
            "id": "${1:OR-100}",
            "title": "${2:What the rule is for}",
            "when": {
                "origin_country": {"list": "${3:high-risk-origins}"},
                "risk": {"at_least": "^${4:0.05}"},
            },
            "lane": "${5|examine,scan,documents|}",
            "from": "${6:2026-12-01}",
            "until": "${7:2027-01-31}",
            "reviewed": "${8:2026-11-01}",
        },
    },
]
CHANGE_SNIPPETS: list[Schema] = [
    {
        "label": "another lane",
        "description": "A rule of the policy that leads elsewhere here.",
        "body": {"id": "${1:RK-020}", "lane": "${2|detain,examine,scan,documents|}"},
    }
]
