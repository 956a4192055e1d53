"""Advance data in, the carrier's answer out: by the route, in a batch, and in words on a terminal."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

from rich.console import Console

from cli.present import parcel

COMPLETE: dict[str, Any] = {
    "item_id": "CP473124829GB",
    "channel": "postal",
    "mail_class": "parcel",
    "origin_country": "GB",
    "destination_country": "MX",
    "gross_weight_g": 850,
    "sender": {"name": "Ada Example", "address": ["12 Example Street"], "city": "Leeds", "postcode": "LS1 1AA",
               "country": "GB"},
    "recipient": {"name": "Ben Muestra", "address": ["Calle 5 no. 10"], "city": "Puebla", "postcode": "72000",
                  "country": "MX"},
    "items": [{"description": "cotton shirts", "net_weight_g": 600, "hs_code": "610910",
               "value": {"amount": "25.00", "currency": "USD"}}],
}  # fmt: skip


def parcel_with(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(COMPLETE), **changes}


def not_by_chance(answer: dict[str, Any]) -> dict[str, Any]:
    """The examples' numbers are fixed and so is the tests' secret: chance must not be what decided."""
    assert answer["decision"]["placed_by"] == "rule", answer["decision"]
    return answer


def test_each_line_of_a_batch_carries_the_carriers_answer(desk: Any) -> None:
    vague = parcel_with(items=[{**COMPLETE["items"][0], "description": "gift"}])
    lines = [parcel_with(), vague, parcel_with(item_id="CP473124820GB"), parcel_with(sender=None), {"item_id": "X"}]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    response = desk.client.post("/v1/screenings:batch", data=body, content_type="application/x-ndjson")
    clean, said_nothing, wrong_number, nameless, refused = (json.loads(line) for line in response.text.splitlines())
    assert not_by_chance(clean)["carrier"] is None
    assert not_by_chance(said_nothing)["carrier"]["outcome"] == "RFI"
    assert "Nothing is missing, but data must be amended" in said_nothing["carrier"]["text"]
    assert not_by_chance(wrong_number)["carrier"]["outcome"] == "RFA"
    assert [one["path"] for one in wrong_number["carrier"]["requests"]] == ["item_id"]
    assert [one["path"] for one in not_by_chance(nameless)["carrier"]["requests"]] == ["sender.name", "sender.address"]
    assert "carrier" not in refused


def test_the_outcome_of_the_decision_is_the_carriers(desk: Any) -> None:
    answer = desk.screen(parcel_with(gross_weight_g=300)).json
    assert answer["decision"]["rule"] == "DC-050"
    assert answer["decision"]["outcome"] == answer["carrier"]["outcome"] == "RFA"
    assert desk.get(f"/v1/screenings/{answer['screening_id']}").json["carrier"] == answer["carrier"]


def test_at_the_station_no_carrier_is_answered(desk: Any, scan: bytes) -> None:
    wrong = parcel_with(item_id="CP473124820GB")
    assert desk.send(scan, manifest=wrong).json["carrier"] is None
    assert desk.send(manifest=wrong, stage="station").json["carrier"] is None
    assert desk.send(manifest=wrong).json["carrier"] is not None


def test_a_declared_licence_is_asked_for_as_a_copy_in_the_authors_words(desk: Any) -> None:
    licensed = parcel_with(
        items=[{"description": "parts for sports", "hs_code": "930510", "net_weight_g": 600}],
        documents=[{"type": "export licence", "reference": "EXP-2231"}],
    )
    answer = not_by_chance(desk.screen(licensed).json)
    assert answer["decision"]["rule"] == "DC-020"
    assert answer["carrier"]["outcome"] == "RFI"
    assert answer["carrier"]["text"].endswith("quantity and last day.")


def test_the_terminal_shows_it_in_words(desk: Any) -> None:
    answer = desk.screen(parcel_with(sender=None)).json
    output = io.StringIO()
    Console(file=output, width=100).print(parcel(answer))
    shown = " ".join(output.getvalue().replace("│", " ").split())
    assert "Carrier RFI, request for information: Information is missing" in shown
    assert "missing sender.name No sender was declared." in shown
    without = io.StringIO()
    Console(file=without, width=100).print(parcel(desk.screen(parcel_with()).json))
    assert "Carrier" not in without.getvalue()
