"""The countries of the synthetic world, with the languages and currencies in which people there declare.

Countries differ in language and currency and in nothing else: no country of this world is riskier than another, so a
model trained here can learn nothing against one.
"""

from __future__ import annotations

COUNTRIES: dict[str, str] = {
    "GB": "en", "US": "en", "CA": "en", "AU": "en", "NZ": "en", "IE": "en", "ZA": "en", "SG": "en", "NG": "en",
    "KE": "en", "IN": "en", "PH": "en", "DE": "de", "AT": "de", "CH": "de", "FR": "fr", "BE": "fr", "SN": "fr",
    "MA": "fr", "ES": "es", "MX": "es", "AR": "es", "CL": "es", "CO": "es", "PE": "es", "EC": "es", "CN": "zh",
    "HK": "zh", "TW": "zh", "IT": "it", "NL": "nl", "PL": "pl", "SE": "sv", "NO": "no", "DK": "da", "FI": "fi",
    "PT": "pt", "BR": "pt", "JP": "ja", "KR": "ko", "TR": "tr", "GR": "el", "CZ": "cs", "SK": "sk", "HU": "hu",
    "RO": "ro", "BG": "bg", "RS": "sr", "HR": "hr", "SI": "sl", "BA": "bs", "AL": "sq", "ME": "me", "MK": "mk",
    "UA": "uk", "LT": "lt", "LV": "lv", "EE": "et", "IL": "he", "AE": "ar", "SA": "ar", "EG": "ar", "TH": "th",
    "VN": "vi", "MY": "ms", "ID": "id", "PK": "ur", "BD": "bn", "KZ": "kk", "GE": "ka",
}  # fmt: skip
"""Country to language; languages that the lists of goods do not know are worded in made-up words."""
CURRENCIES: dict[str, str] = {
    "GB": "GBP", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "ZA": "ZAR", "SG": "SGD", "NG": "NGN", "KE": "KES",
    "IN": "INR", "PH": "PHP", "CH": "CHF", "SN": "XOF", "MA": "MAD", "MX": "MXN", "AR": "ARS", "CL": "CLP",
    "CO": "COP", "PE": "PEN", "CN": "CNY", "HK": "HKD", "TW": "TWD", "PL": "PLN", "SE": "SEK", "NO": "NOK",
    "DK": "DKK", "BR": "BRL", "JP": "JPY", "KR": "KRW", "TR": "TRY", "CZ": "CZK", "HU": "HUF", "RO": "RON",
    "RS": "RSD", "AL": "ALL", "MK": "MKD", "BA": "BAM", "UA": "UAH", "IL": "ILS", "AE": "AED", "SA": "SAR",
    "EG": "EGP", "TH": "THB", "VN": "VND", "MY": "MYR", "ID": "IDR", "PK": "PKR", "BD": "BDT", "KZ": "KZT",
    "GE": "GEL",
    **dict.fromkeys(
        ("DE", "AT", "FR", "BE", "ES", "IT", "NL", "IE", "PT", "FI", "GR", "SK", "SI", "HR", "BG", "ME", "LT", "LV",
         "EE"),
        "EUR",
    ),
}  # fmt: skip
"""Country to currency; where none stands, US dollars."""
HUBS = ("NL", "DE", "HK", "SG", "TR", "US", "BE", "PL", "AE", "GB", "CN", "HU")
"""Where carriers sort and forwarders sit."""
