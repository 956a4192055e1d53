"""Names of other scripts in Latin letters, so that spellings of one name in two scripts can be compared.

Most scripts need no table: Unicode's own name of a letter says how it sounds (HANGUL SYLLABLE GIM, DEVANAGARI LETTER
NA, ETHIOPIC SYLLABLE BI), and Python carries these names. Cyrillic, Greek, Arabic and Hebrew letters have names of
their own, so their usual Latin values stand here. Chinese characters have no sound in Unicode's names and stay as they
are: they match only themselves.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from features.names_words import listed

CYRILLIC = dict(
    zip("абвгдежзийклмнопрстуфхцчшщъыьэюя".upper(),
        listed("a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"), strict=True)
)  # fmt: skip
CYRILLIC_OTHER = dict(
    zip("ЁІЇЄҐЎЂЈЉЊЋЏЃЌЅӘҒҚҢӨҰҮҺҲҶӢӮҖ",
        listed("e i i e g u dj j lj nj c dz gj kj dz a g k n o u u h h j i u j"), strict=True)
)  # fmt: skip
GREEK = dict(zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", listed("a v g d e z i th i k l m n x o p r s t i f ch ps o"), strict=True))
GREEK_PAIRS = {"ΟΥ": "u", "ΑΙ": "e", "ΕΙ": "i", "ΟΙ": "i", "ΑΥ": "av", "ΕΥ": "ev", "ΜΠ": "b", "ΝΤ": "nt", "ΓΓ": "ng",
               "ΓΚ": "gk", "ΤΖ": "tz"}  # fmt: skip
ARABIC = dict(
    zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويآأإٱؤئءىةپچژگکیےٹڈڑںہھۀۃڤێۆە",
        listed("a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a i a u y - a a p ch zh g k y e t d r n "
               "h h a a v e o e"), strict=True)
)  # fmt: skip
HEBREW = dict(
    zip("אבגדהוזחטיכךלמםנןסעפףצץקרשת", listed("a b g d h v z ch t y k k l m m n n s a p f ts ts k r sh t"), strict=True)
)
LATIN = dict(zip("ẞÆŒÞÐıƏƷŊʹʺƩ", listed("ss ae oe th d i a z ng - - sh"), strict=True))
TABLE = CYRILLIC | CYRILLIC_OTHER | GREEK | ARABIC | HEBREW | LATIN
"""Upper-case letter to Latin. The values are the usual ones of passports and newspapers, no scholarly standard."""

ABJADS = ("ARABIC", "HEBREW", "SYRIAC", "THAANA")
"""Scripts that mostly leave vowels out: a vowel on the other side is then no difference."""
SYLLABIC = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA", "BOPOMOFO")
"""Scripts in which one character is a syllable or a word: one character more or less is another name."""
_INDIC = ("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM")
_LETTER_NAMED_BY_SOUND = ("ARMENIAN", "GEORGIAN", "THAI", "LAO", "KHMER", "MYANMAR")
_ODD_NAMES = {"ARMENIAN VO": "o", "ARMENIAN CA": "ts", "ARMENIAN CO": "ts", "ARMENIAN JA": "dz", "ARMENIAN XEH": "kh",
              "GEORGIAN CAN": "ts", "GEORGIAN CIL": "ts", "GEORGIAN JIL": "dz", "GEORGIAN XAN": "kh",
              "THAI O": "o", "THAI MAI": ""}  # fmt: skip
_NO_SOUND = ("MTAVRULI", "SMALL", "CAPITAL", "LETTER", "CHARACTER")
_SOUND = re.compile(r"[^AEIOU]*(?=[AEIOU])|^[^AEIOU]+$")


def script_of(text: str) -> str:
    """Return the script of the first letter, as Unicode names it (LATIN, CYRILLIC, HANGUL, CJK); empty for none."""
    letter = next((char for char in text if char.isalpha()), "")
    return "LATIN" if letter.isascii() and letter else _script(letter) if letter else ""


def romanise(word: str) -> str:
    """Return a word in small Latin letters and digits; Chinese characters and unknown letters stay as they are.

    Deterministic, never raises, and leaves a lower-case ASCII word alone.
    """
    if word.isascii():
        return word.lower()
    text = unicodedata.normalize("NFKC", word).upper()
    if any("Ͱ" <= char <= "Ͽ" or "ἀ" <= char <= "῿" for char in text):
        text = _greek(text)
    pieces: list[str] = []
    for char in text:
        _append(pieces, char)
    return "".join(_without_final_schwa(pieces, text))


def _append(pieces: list[str], char: str) -> None:
    """Add a character's sound; vowel signs replace the vowel that an Indic consonant carries by itself."""
    sound, joins = _sound(char)
    if joins == "vowel" and pieces and pieces[-1].endswith("a"):
        pieces[-1] = pieces[-1][:-1]
    if joins == "small" and len(pieces) and len(pieces[-1]) > 1:
        # KI and a small YA are KYA, SHI and a small YO are SHO.
        pieces[-1] = pieces[-1][:-1]
        sound = sound.removeprefix("y") if pieces[-1] in ("sh", "ch", "j") else sound
    if joins == "long" or not sound:
        return
    pieces.append(sound)


@lru_cache(maxsize=1024)
def _sound(char: str) -> tuple[str, str]:
    """Return a character's Latin value and how it joins the one before: "", vowel, small or long."""
    if char.isascii():
        return char.lower(), ""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit), ""
    plain = unicodedata.normalize("NFD", char)[0] if not "가" <= char <= "힣" else char
    for known in (char, plain):
        if known in TABLE:
            return TABLE[known], ""
    name = unicodedata.name(char, "").split(" WITH ")[0]
    words = name.split()
    if not words or (unicodedata.combining(char) and words[0] not in _INDIC and words[0] not in _LETTER_NAMED_BY_SOUND):
        return "", ""
    sound, joins = _by_name(char, words)
    return sound.lower(), joins


def _by_name(char: str, words: list[str]) -> tuple[str, str]:
    script, last = words[0], words[-1]
    if script == "LATIN":
        return (last if len(last) <= 2 else char), ""
    if script in _INDIC:
        return _indic(words)
    if script in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"):
        return ("", "long") if last in ("MARK", "TU") and "LETTER TU" not in " ".join(words) else _kana(words)
    if script in ("HANGUL", "ETHIOPIC"):
        return last, ""
    if script in _LETTER_NAMED_BY_SOUND:
        return _first_sound(words), ""
    return char, ""


def _indic(words: list[str]) -> tuple[str, str]:
    if "VIRAMA" in words:
        return "", "vowel"
    sound = words[-1].replace("AA", "A").replace("II", "I").replace("UU", "U").replace("VOCALIC R", "RI")
    if "VOWEL" in words:
        return sound.replace("SHORT", ""), "vowel"
    if "SIGN" in words:
        return ("N" if words[-1] in ("ANUSVARA", "CANDRABINDU", "BINDI", "TIPPI") else ""), ""
    return re.sub(r"(.)\1", r"\1", sound), ""


def _kana(words: list[str]) -> tuple[str, str]:
    sound = {"TU": "TSU", "TI": "CHI", "SI": "SHI", "ZI": "JI", "HU": "FU"}.get(words[-1], words[-1])
    return sound, "small" if "SMALL" in words else ""


def _first_sound(words: list[str]) -> str:
    """Return what a letter's name begins with: ARMENIAN LETTER BEN is b, THAI CHARACTER SARA II is i."""
    if words[1:3] == ["CHARACTER", "SARA"]:
        return re.sub(r"(.)\1", r"\1", words[-1])
    name = next((word for word in words[1:] if word not in _NO_SOUND), "")
    if f"{words[0]} {name}" in _ODD_NAMES:
        return _ODD_NAMES[f"{words[0]} {name}"]
    found = _SOUND.match(name)
    return (found.group() if found else "") or name[:1]


def _greek(text: str) -> str:
    plain = unicodedata.normalize("NFD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    for pair, sound in GREEK_PAIRS.items():
        plain = plain.replace(pair, sound.upper())
    return plain


def _without_final_schwa(pieces: list[str], text: str) -> list[str]:
    """Drop the vowel that an Indic word's last consonant carries in writing and nobody says."""
    if len(pieces) > 1 and _script(text[-1]) in _INDIC and text[-1].isalpha() and len(pieces[-1]) > 1:
        return [*pieces[:-1], pieces[-1].removesuffix("a")]
    return pieces


@lru_cache(maxsize=1024)
def _script(char: str) -> str:
    return unicodedata.name(char, "").split(" ")[0].split("-")[0]
