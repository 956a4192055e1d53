"""Field types of the manifest on the wire: what is allowed, as one validator and one JSON Schema each."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, StringConstraints, WithJsonSchema
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from features.codes import COUNTRIES, CURRENCIES, WITHDRAWN_CURRENCIES
from features.strict_json import MAX_INTEGER_DIGITS, printable

MAX_ITEMS = 1000
MAX_DOCUMENTS = 100
MAX_ADDRESS_LINES = 10
MAX_TRANSITS = 20
MAX_EXTRA = 200
MAX_EXTRA_NAME = 100
MAX_EXTRA_TEXT = 1000
MAX_GRAMS = 100_000_000.0
MAX_MILLIMETRES = 100_000.0
MAX_QUANTITY = 1_000_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2099

# NUL cannot be stored by PostgreSQL, and no other control character but tab and line ends belongs into a text.
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f"
TEXT_PATTERN = rf"^[^{_CONTROLS}]*$"
# What names a thing stands in one line: a line end would split log lines and lists, and nobody could ask for it again.
_LINE_CONTROLS = r"\x00-\x1f\x7f"
NAMED_PATTERN = rf"^[^{_LINE_CONTROLS}]*[^\s{_LINE_CONTROLS}][^{_LINE_CONTROLS}]*$"
MAX_NAMED = 64
MONEY_PATTERN = r"^[0-9]{1,15}(\.[0-9]{1,4})?$"
TIME_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
# What readers of the schema are told: the years are part of it, while a refusal tells them apart from a wrong form.
_YEARS = "^(199[0-9]|20[0-9]{2})"
TIME_SCHEMA_PATTERN = TIME_PATTERN.replace("^[0-9]{4}", _YEARS, 1)
DATE_SCHEMA_PATTERN = DATE_PATTERN.replace("^[0-9]{4}", _YEARS, 1)
_CONTROL = re.compile(f"[{_CONTROLS}]")
_MONEY, _TIME, _DATE = (re.compile(pattern) for pattern in (MONEY_PATTERN, TIME_PATTERN, DATE_PATTERN))


def _require_text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "{expected}", {"expected": what})
    return value


def _country(value: Any) -> str:
    if isinstance(value, str) and value in COUNTRIES:
        return value
    text = _require_text(value, "an ISO 3166-1 alpha-2 country code as text")
    if text not in COUNTRIES:
        hint = f' (did you mean "{text.strip().upper()}"?)' if text.strip().upper() in COUNTRIES else ""
        raise PydanticCustomError("not_a_country", "{hint}", {"hint": hint})
    return text


def _currency(value: Any) -> str:
    text = _require_text(value, "an ISO 4217 currency code as text")
    if text not in CURRENCIES and text not in WITHDRAWN_CURRENCIES:
        hint = f' (did you mean "{text.strip().upper()}"?)' if text.strip().upper() in CURRENCIES else ""
        raise PydanticCustomError("not_a_currency", "{hint}", {"hint": hint})
    return text


def _amount(value: Any) -> Decimal:
    text = _require_text(value, 'money as a decimal string such as "18.50"')
    if not _MONEY.fullmatch(text):
        raise PydanticCustomError("not_an_amount", "")
    return Decimal(text)


def _time(value: Any) -> datetime:
    text = _require_text(value, 'a time as text such as "2026-11-20T08:15:00Z"')
    if not _TIME.fullmatch(text):
        raise PydanticCustomError("not_a_time", "")
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise PydanticCustomError("not_a_time", "") from error
    _check_year(moment.year)
    return moment


def _date(value: Any) -> date:
    text = _require_text(value, 'a date as text such as "2026-11-01"')
    if not _DATE.fullmatch(text):
        raise PydanticCustomError("not_a_date", "")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError("not_a_date", "") from error
    _check_year(day.year)
    return day


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PydanticCustomError("out_of_range", "{span}", {"span": f"in the years {FIRST_YEAR} to {LAST_YEAR}"})


def _extra_value(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > MAX_EXTRA_TEXT:
            raise PydanticCustomError("string_too_long", "", {"max_length": MAX_EXTRA_TEXT})
        if _CONTROL.search(value) or value.encode("utf-8", "replace").decode("utf-8") != value:
            raise PydanticCustomError("bad_text", "")
        return value
    if isinstance(value, int) and abs(value) < 10**MAX_INTEGER_DIGITS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise PydanticCustomError("wrong_type", "{expected}", {"expected": "text, a finite number, true, false or null"})


def _extra_name(value: str) -> str:
    if not 1 <= len(value) <= MAX_EXTRA_NAME or _CONTROL.search(value):
        raise PydanticCustomError("bad_name", "{limit}", {"limit": MAX_EXTRA_NAME})
    return value


def _string_schema(description: str, **keywords: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, **keywords})


def text(limit: int, description: str) -> Any:
    """Return the field of an optional text of at most `limit` characters; blank text becomes None."""
    return Field(None, strict=True, max_length=limit, pattern=TEXT_PATTERN, description=description)


def optional(description: str) -> Any:
    """Return the field of anything else that may be missing."""
    return Field(None, description=description)


Country = TypeAliasType(
    "Country",
    Annotated[
        str,
        PlainValidator(_country),
        _string_schema("Country, ISO 3166-1 alpha-2, upper case", enum=sorted(COUNTRIES)),
    ],
)
Currency = TypeAliasType(
    "Currency",
    Annotated[
        str,
        PlainValidator(_currency),
        _string_schema("Currency, ISO 4217, upper case", enum=sorted(CURRENCIES | WITHDRAWN_CURRENCIES.keys())),
    ],
)
Amount = Annotated[
    Decimal,
    PlainValidator(_amount),
    _string_schema("Amount, a decimal string, not negative, up to 15 digits and 4 decimals", pattern=MONEY_PATTERN),
]
Time = Annotated[
    datetime,
    PlainValidator(_time),
    _string_schema("Time, RFC 3339 with offset, years 1990 to 2099", format="date-time", pattern=TIME_SCHEMA_PATTERN),
]
Day = Annotated[
    date,
    PlainValidator(_date),
    _string_schema("Day, RFC 3339 full-date, years 1990 to 2099", format="date", pattern=DATE_SCHEMA_PATTERN),
]
Grams = Annotated[float, Field(strict=True, ge=0, le=MAX_GRAMS, allow_inf_nan=False)]
Millimetres = Annotated[float, Field(strict=True, ge=0, le=MAX_MILLIMETRES, allow_inf_nan=False)]
Line = Annotated[str, StringConstraints(strict=True, max_length=200, pattern=TEXT_PATTERN)]
# `$` of some JSON Schema validators lets a last line end pass; `not` says it for all of them.
_NO_LINE_CONTROL: JsonDict = {"not": {"pattern": f"[{_LINE_CONTROLS}]"}}
Named = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=MAX_NAMED, pattern=NAMED_PATTERN, json_schema_extra=_NO_LINE_CONTROL),
]
"""A required text that names a thing, in one line: item_id wherever it is given, and a document's type."""
Flag = Annotated[bool, Field(strict=True)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=MAX_QUANTITY)]
ExtraName = Annotated[
    str, BeforeValidator(_extra_name), StringConstraints(min_length=1, max_length=MAX_EXTRA_NAME, pattern=TEXT_PATTERN)
]
_WHOLE = 10**MAX_INTEGER_DIGITS - 1
ExtraValue = Annotated[
    Any,
    PlainValidator(_extra_value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": MAX_EXTRA_TEXT, "pattern": TEXT_PATTERN},
                {"type": "number"},
                {"type": "boolean"},
                {"type": "null"},
            ]
        }
    ),
]


def shown(value: Any) -> str:
    """Return an offending value as JSON-like text, shortened, for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{printable(value, 40)}"'
    if isinstance(value, int | float):
        return _shown_number(value)
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else f"a {type(value).__name__}"


def _shown_number(value: float) -> str:
    if isinstance(value, int) and abs(value) > _WHOLE:
        return "a number of over 18 digits"
    return printable(repr(value), 24)
