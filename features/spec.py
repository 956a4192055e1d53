"""The declared, ordered list of what the risk model sees of a parcel.

A bundle carries the digest of this declaration, and the service refuses a bundle made for another one: a column that
moved would otherwise change every score without a word.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from features.indicators.register import REGISTER
from features.spec_codes import CODES, CROSSES, Code, Cross

SPEC_VERSION = "3"
Kind = Literal["number", "flag", "norm", "rate", "seen", "score"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column.

    Attributes:
        name: Stable name.
        meaning: One sentence for the analyst.
        reason: The group of reasons it belongs to (see `models.risk_reasons`).
        kind: number, flag (0 or 1), norm (distance from what the heading usually shows, fitted), rate (smoothed
            illicit share of codes, fitted), seen (logarithm of how many declarations that share rests on), score
            (another model's output). Unknown is NaN in all of them.
    """

    name: str
    meaning: str
    reason: str
    kind: Kind


def _numbers(*rows: tuple[str, str, str]) -> tuple[Feature, ...]:
    return tuple(Feature(name, meaning, reason, "number") for name, reason, meaning in rows)


def _flags(*rows: tuple[str, str, str]) -> tuple[Feature, ...]:
    return tuple(Feature(name, meaning, reason, "flag") for name, reason, meaning in rows)


PLAUSIBILITY = _numbers(
    ("value_log", "DECLARED_VALUE", "Logarithm of the declared value in US dollars."),
    ("value_per_kg_log", "PRICE_PER_KG", "Logarithm of the declared value per kilogram."),
    ("value_per_article_log", "DECLARED_VALUE", "Logarithm of the declared value of one article."),
    ("value_round", "ROUND_FIGURES", "Share of lines whose value is a multiple of ten."),
    ("value_zeros", "ROUND_FIGURES", "Zeros at the end of the values, in their own currency; mean over the lines."),
    (
        "weight_log",
        "PARCEL_WEIGHT",
        "Logarithm of the net weight in grams, else of the gross weight.",
    ),
    ("weight_per_article_log", "ARTICLE_WEIGHT", "Logarithm of the grams of one article."),
    ("gross_weight_log", "PARCEL_WEIGHT", "Logarithm of the gross weight in grams."),
    ("net_share", "PARCEL_WEIGHT", "Net weight of all lines over gross weight."),
    ("weight_round", "ROUND_FIGURES", "1 where the gross weight is a multiple of 100 g, else 0."),
    ("weight_zeros", "ROUND_FIGURES", "Zeros at the end of the net weights in grams; mean over the lines."),
    ("density", "DENSITY", "Gross kilograms per litre of outer volume."),
    ("postage_share_log", "POSTAGE", "Logarithm of postage over declared value."),
    ("postage_per_kg_log", "POSTAGE", "Logarithm of postage per kilogram."),
    ("articles_log", "QUANTITY", "Logarithm of the number of articles."),
    ("lines", "QUANTITY", "Number of article lines."),
)
ROUTE = _numbers(
    ("transits", "ROUTE", "Number of transit countries declared."),
    ("transit_returns", "ROUTE", "1 where the transit touches the origin or the destination, else 0."),
    ("sender_elsewhere", "ROUTE", "1 where the sender's country is not the origin, else 0."),
    ("recipient_elsewhere", "ROUTE", "1 where the recipient's country is not the destination, else 0."),
    ("goods_elsewhere", "ROUTE", "Share of lines made in another country than the origin."),
)
KINDS = _flags(
    ("courier", "SHIPMENT_KIND", "Sent by courier and not by post."),
    *((f"class_{name}", "SHIPMENT_KIND", f"Mail class {name}.") for name in ("letter", "parcel", "ems", "express")),
    *(
        (f"nature_{name}", "SHIPMENT_KIND", f"Declared nature {name}.")
        for name in ("gift", "documents", "sale_of_goods", "commercial_sample", "returned_goods", "other")
    ),
)
PARTIES = _numbers(
    ("account_age_log", "ACCOUNT", "Logarithm of the days since the sender's account was opened, at declaration."),
    ("known_consignor", "ACCOUNT", "1 where the sender is a known consignor, 0 where not."),
    ("documents", "DOCUMENTS", "Number of documents that travel with the parcel."),
    ("licence", "DOCUMENTS", "1 where a licence or permit with a reference is named, else 0."),
    ("marketplace", "MARKETPLACE", "1 where the sale ran over a marketplace, else 0."),
)
# What may be missing, by manifest path; read by `features.tabular`.
MISSING_PATHS = (
    "mail_class", "nature", "declared_at", "gross_weight_g", "dimensions_mm", "postage",
    "sender.name", "sender.address", "sender.postcode", "sender.phone", "sender.email", "sender.account_id",
    "recipient.name", "recipient.address", "recipient.postcode", "recipient.phone",
    "items.description", "items.quantity", "items.net_weight_g", "items.value", "items.hs_code", "items.origin_country",
)  # fmt: skip
MISSING = (
    *_flags(*((f"missing_{path}", "MISSING_DATA", f"{path} was not declared.") for path in MISSING_PATHS)),
    *_numbers(("missing_share", "MISSING_DATA", "Share of these fields that were not declared.")),
)
INDICATORS = (
    *_flags(
        *(
            (f"indicator_{one.code}", f"INDICATORS_{one.family.upper()}", f"Indicator {one.code} is raised.")
            for one in REGISTER
        )
    ),
    *_numbers(("indicators", "INDICATORS_TOGETHER", "Number of indicators raised.")),
)
TEXT = _numbers(
    ("text_words", "DESCRIPTION_WORDING", "Words in the descriptions."),
    ("text_digits", "DESCRIPTION_WORDING", "Share of words in the descriptions that hold a digit."),
)
HISTORY = _numbers(
    ("sender_known", "SENDER_HISTORY", "Parcels of this sender in the last year."),
    ("sender_month", "SENDER_HISTORY", "Parcels of this sender in the last 30 days."),
    ("sender_decayed", "SENDER_HISTORY", "Parcels of this sender, decayed with a half-life of 45 days."),
    ("sender_first_days", "SENDER_HISTORY", "Days since this sender was first seen."),
    ("sender_recipients", "SENDER_HISTORY", "Distinct recipients of this sender."),
    ("sender_names", "SENDER_HISTORY", "Distinct names behind the sender's address, phone, e-mail or account."),
    ("recipient_known", "RECIPIENT_HISTORY", "Parcels to this recipient in the last year."),
    ("recipient_month", "RECIPIENT_HISTORY", "Parcels to this recipient in the last 30 days."),
    ("recipient_decayed", "RECIPIENT_HISTORY", "Parcels to this recipient, decayed with a half-life of 45 days."),
    ("recipient_first_days", "RECIPIENT_HISTORY", "Days since this recipient was first seen."),
    ("recipient_senders", "RECIPIENT_HISTORY", "Distinct senders to this recipient in 56 days."),
    ("pair_known", "SENDER_HISTORY", "Parcels of this sender to this recipient in the last year."),
    ("found_sender", "EARLIER_FINDINGS", "Earlier finds at this sender, decayed."),
    ("found_recipient", "EARLIER_FINDINGS", "Earlier finds at this recipient, decayed."),
    ("opened_harmless", "EARLIER_FINDINGS", "Earlier parcels of either, opened and harmless."),
    ("parts_recipient", "EARLIER_FINDINGS", "Distinct firearm parts found on the way to this recipient in 56 days."),
)
BASE = (*PLAUSIBILITY, *ROUTE, *KINDS, *PARTIES, *MISSING, *INDICATORS, *TEXT, *HISTORY)

# Fitted on the training data and kept in the bundle: how far a figure lies from what its heading usually shows.
NORMED = (
    Feature("value_per_kg_log", "Value per kilogram against its HS heading.", "PRICE_PER_KG", "norm"),
    Feature("value_per_article_log", "Value of one article against its HS heading.", "DECLARED_VALUE", "norm"),
    Feature("weight_per_article_log", "Weight of one article against its HS heading.", "ARTICLE_WEIGHT", "norm"),
    Feature("density", "Density of the parcel against its HS heading.", "DENSITY", "norm"),
    Feature("value_log", "Declared value against its HS heading.", "DECLARED_VALUE", "norm"),
    Feature("weight_log", "Weight against its HS heading.", "PARCEL_WEIGHT", "norm"),
    Feature("postage_share_log", "Share of postage in the value against its HS heading.", "POSTAGE", "norm"),
)
# Other models' outputs, fitted and kept in the bundle; out of fold in training.
LEARNED = (
    Feature("text_score", "Log-odds of the text model for the descriptions.", "DESCRIPTION_WORDING", "score"),
    Feature(
        "hs_text_fit", "How usual the wording is under the declared HS chapter.", "DESCRIPTION_AGAINST_CODE", "score"
    ),
    Feature("hs_text_gap", "How much better the wording fits another HS chapter.", "DESCRIPTION_AGAINST_CODE", "score"),
)


@dataclass(frozen=True)
class FeatureSpec:
    """The whole declaration.

    A model's row takes from it, in this order: base columns, norms, learned scores, the site's own numbers, and two
    columns (rate, seen) for each cross of codes; which of them a model uses stands in its bundle.
    """

    version: str
    base: tuple[Feature, ...]
    normed: tuple[Feature, ...]
    learned: tuple[Feature, ...]
    codes: tuple[Code, ...]
    crosses: tuple[Cross, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over version, names, groups and kinds, in order."""
        blocks = [
            [(one.name, one.reason, one.kind) for one in block] for block in (self.base, self.normed, self.learned)
        ]
        codes = [(one.name, one.about) for one in self.codes]
        return hashlib.sha256(json.dumps([self.version, blocks, codes, self.crosses]).encode()).hexdigest()

    @cached_property
    def base_names(self) -> tuple[str, ...]:
        """Names of the base columns, in the order of `features.tabular.build_row`."""
        return tuple(one.name for one in self.base)


FEATURE_SPEC = FeatureSpec(SPEC_VERSION, BASE, NORMED, LEARNED, CODES, CROSSES)
