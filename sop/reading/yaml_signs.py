"""Signs that nobody sees: controls, which a terminal obeys, and those that turn the direction of a text round."""

from __future__ import annotations

import re
import unicodedata

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls but tab and line feed, the directional embeddings, overrides and isolates of Unicode's bidirectional
algorithm (UAX #9), and halves of characters, which no file or database can hold."""
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Those among them that YAML lets stand in a file as they are, also in remarks: a reader sees another file."""


def hidden_sign(text: str) -> str | None:
    """Return the first sign of a text that nobody sees."""
    found = HIDDEN.search(text)
    return found[0] if found else None


def hidden_message(sign: str) -> str:
    """Return what is wrong with a sign, without printing it."""
    name = unicodedata.name(sign, "")
    called = f"U+{ord(sign):04X}" + (f" ({name.lower()})" if name else "")
    effect = "turns the text round" if TURNING.match(sign) else "controls a screen or cannot be stored"
    return f"The sign {called} stands here, which nobody sees and which {effect}; remove it."


def without_hidden(text: str) -> str:
    """Return a text that is safe to print, each hidden sign replaced by one that is seen."""
    return HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
