"""Approximate exchange rates, for plausibility alone: is a declared value of the right order of magnitude?

The figures are our own rounded, broad approximations, dated below. They must never be used to assess duty, and no
check that uses them may turn on less than a factor of two. A currency that has no rate here gives no figure at all.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from features.manifest import Money

RATES_AS_OF = date(2026, 1, 1)

# Units of the currency for one US dollar.
PER_USD: dict[str, float] = {
    "AED": 3.67, "AFN": 68, "ALL": 84, "AMD": 385, "ANG": 1.79, "AOA": 915, "ARS": 1450, "AUD": 1.5, "AWG": 1.79,
    "AZN": 1.7, "BAM": 1.7, "BBD": 2, "BDT": 122, "BGN": 1.7, "BHD": 0.377, "BIF": 2950, "BMD": 1, "BND": 1.3,
    "BOB": 6.9, "BRL": 5.5, "BSD": 1, "BTN": 89, "BWP": 13.5, "BYN": 3, "BZD": 2, "CAD": 1.38, "CDF": 2300,
    "CHF": 0.8, "CLP": 930, "CNY": 7.05, "COP": 3900, "CRC": 500, "CUP": 24, "CVE": 95, "CZK": 21, "DJF": 178,
    "DKK": 6.4, "DOP": 63, "DZD": 130, "EGP": 48, "ERN": 15, "ETB": 153, "EUR": 0.86, "FJD": 2.25, "FKP": 0.75,
    "GBP": 0.75, "GEL": 2.7, "GHS": 11, "GIP": 0.75, "GMD": 73, "GNF": 8700, "GTQ": 7.7, "GYD": 209, "HKD": 7.8,
    "HNL": 26, "HRK": 6.5, "HTG": 131, "HUF": 332, "IDR": 16600, "ILS": 3.25, "INR": 89, "IQD": 1310, "ISK": 126,
    "JMD": 160, "JOD": 0.709, "JPY": 155, "KES": 129, "KGS": 87.5, "KHR": 4010, "KMF": 425, "KRW": 1450,
    "KWD": 0.307, "KYD": 0.83, "KZT": 515, "LAK": 21700, "LBP": 89500, "LKR": 308, "LRD": 178, "LSL": 17, "LYD": 5.4,
    "MAD": 9.2, "MDL": 17, "MGA": 4500, "MKD": 53, "MMK": 2100, "MNT": 3560, "MOP": 8, "MRU": 40, "MUR": 46,
    "MVR": 15.4, "MWK": 1735, "MXN": 18.2, "MYR": 4.1, "MZN": 64, "NAD": 17, "NGN": 1450, "NIO": 36.8, "NOK": 10.1,
    "NPR": 142, "NZD": 1.74, "OMR": 0.385, "PAB": 1, "PEN": 3.4, "PGK": 4.25, "PHP": 59, "PKR": 281, "PLN": 3.65,
    "PYG": 6900, "QAR": 3.64, "RON": 4.4, "RSD": 101, "RUB": 80, "RWF": 1450, "SAR": 3.75, "SBD": 8.2, "SCR": 14,
    "SEK": 9.4, "SGD": 1.3, "SHP": 0.75, "SLE": 23, "SLL": 23000, "SOS": 571, "SRD": 38.5, "STN": 21, "SVC": 8.75,
    "SZL": 17, "THB": 32, "TJS": 9.3, "TMT": 3.5, "TND": 2.95, "TOP": 2.4, "TRY": 42.5, "TTD": 6.8, "TWD": 31.3,
    "TZS": 2450, "UAH": 42.2, "UGX": 3600, "USD": 1, "UYU": 39.5, "UZS": 12000, "VND": 26300, "VUV": 121, "WST": 2.75,
    "XAF": 564, "XCD": 2.7, "XCG": 1.79, "XDR": 0.74, "XOF": 564, "XPF": 103, "YER": 239, "ZAR": 17, "ZMW": 23,
}  # fmt: skip


def usd(money: Money) -> Decimal | None:
    """Return the amount in approximate US dollars, None where the currency has no rate here."""
    rate = _DECIMALS.get(money.currency)
    return None if rate is None else money.amount / rate


_DECIMALS = {currency: Decimal(str(rate)) for currency, rate in PER_USD.items()}
