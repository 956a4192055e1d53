"""The OpenAPI document is valid, describes every route, and real answers are as it says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from models.xray import PictureLimits
from sample_images.parcels import SAMPLES, Sample
from service.app import create_app
from service.auth import create_key
from service.composition import load_tools
from service.context import EXTENSION
from service.openapi import document
from service.openapi30 import downgraded
from service.permissions import DECISIONS, Keys, Open
from service.problems import KINDS
from service.settings import Settings

ROOT = Path(__file__).parents[2]
UNDESCRIBED = {"docs.openapi", "docs.openapi_30", "docs.page", "docs.asset", "docs.errors"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def app(settings: Settings) -> Flask:
    """The application as it is shipped: its own policy and whatever models come with it."""
    return create_app(settings, tools=load_tools(settings))


@pytest.fixture(scope="module")
def client(app: Flask) -> Any:
    client = app.test_client()
    _, key = create_key(app.extensions[EXTENSION].store, "admin", "contract", datetime.now(UTC))
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def check(response: Any, path: str, method: str) -> Any:
    """Validate a real answer against what the document says of this status, and return it."""
    spec = document()
    described = spec["paths"][path][method]["responses"][str(response.status_code)]
    (media_type, content), *_ = described["content"].items()
    assert response.content_type.split(";")[0] == media_type
    schema = {**content["schema"], "components": spec["components"]}
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    errors = [f"{one.json_path}: {one.message}" for one in validator.iter_errors(response.json)]
    assert errors == []
    return response.json


def test_the_document_is_valid_openapi_3_1(client: Any) -> None:
    served = client.get("/openapi.json").json
    assert served == json.loads(json.dumps(document()))
    OpenAPIV31SpecValidator(served).validate()


def test_the_pages_document_is_valid_openapi_3_0(client: Any) -> None:
    served = client.get("/docs/openapi-3.0.json").json
    OpenAPIV30SpecValidator(served).validate()
    assert set(served["paths"]) == set(document()["paths"])
    assert downgraded(document())["components"]["schemas"].keys() == document()["components"]["schemas"].keys()


def test_every_route_has_a_decision_and_every_decision_a_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(DECISIONS)


def test_every_route_with_a_key_is_described_and_refuses_without(app: Flask) -> None:
    described = {re.sub(r"{(\w+)}", r"<\1>", path) for path in document()["paths"]}
    anonymous = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule)
        if isinstance(DECISIONS[rule.endpoint], Keys):
            assert path in described, rule.rule
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                url = path.replace("<n>", "0").replace("<screening_id>", "01K00000000000000000000000")
                assert anonymous.open(url, method=method).status_code == 401, (method, url)


def test_open_routes_say_why_and_hold_no_parcels(app: Flask) -> None:
    for endpoint, decision in DECISIONS.items():
        if isinstance(decision, Open):
            assert len(decision.why) > 10
            rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint]
            assert not any("screening_id" in rule for rule in rules)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_real_answers_are_as_described(client: Any, sample: Sample) -> None:
    manifest = json.loads(sample.manifest_path.read_text(encoding="utf-8"))
    schema = {**document()["components"]["schemas"]["Manifest"], "components": document()["components"]}
    jsonschema.Draft202012Validator(schema).validate(manifest)
    answer = check(client.post("/v1/screenings", json=manifest), "/v1/screenings", "post")
    described = document()["components"]["schemas"]
    assert set(answer) == set(described["Answer"]["properties"])
    assert set(answer["decision"]) == set(described["Decision"]["properties"])
    assert set(answer["versions"]) == set(described["Versions"]["properties"])
    one = check(client.get(f"/v1/screenings/{answer['screening_id']}"), "/v1/screenings/{screening_id}", "get")
    assert one == answer


def test_answers_with_readable_and_broken_pictures_are_as_described(client: Any) -> None:
    manifest = SAMPLES[0].manifest_path.read_bytes()
    pictured = next((sample.image.read_bytes() for sample in SAMPLES if sample.image and sample.image.exists()), b"")
    for picture in (pictured, b"broken"):
        fields = {"manifest": (BytesIO(manifest), "m.json"), "image": (BytesIO(picture), "scan.png", "image/png")}
        answer = check(client.post("/v1/screenings", data=fields), "/v1/screenings", "post")
        assert len(answer["xray"]["images"]) == 1
    check(client.get("/v1/screenings?limit=3"), "/v1/screenings", "get")


def test_findings_about_and_health_are_as_described(client: Any) -> None:
    manifest = json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))
    identifier = client.post("/v1/screenings", json=manifest).json["screening_id"]
    path = "/v1/screenings/{screening_id}/finding"
    body = {"found": "illicit", "parts": ["barrel"], "override": {"lane": "detain", "reason": "seen"}}
    check(client.post(f"/v1/screenings/{identifier}/finding", json=body), path, "post")
    check(client.get(f"/v1/screenings/{identifier}/findings"), f"{path}s", "get")
    stopped = {"stopped": True, "reason": "the detector sees firearms everywhere"}
    assert check(client.put("/v1/stop-switch", json=stopped), "/v1/stop-switch", "put")["stopped"] is True
    resumed = check(
        client.put("/v1/stop-switch", json={"stopped": False, "reason": "mended"}), "/v1/stop-switch", "put"
    )
    assert (resumed["stopped"], resumed["order"]) == (False, None)
    assert check(client.put("/v1/stop-switch", json={"stopped": "no"}), "/v1/stop-switch", "put")["errors"]
    for about in ("/v1/sop", "/v1/sop/history?diff=1", "/v1/stop-switch", "/v1/models", "/healthz", "/readyz"):
        check(client.get(about), about.partition("?")[0], "get")


def test_refusals_are_as_described(client: Any, app: Flask) -> None:
    post, path = client.post, "/v1/screenings"
    assert check(post(path, data=b"{", content_type="application/json"), path, "post")["code"] == "not_json"
    assert check(post(path, json={"item_id": "nobody"}), path, "post")["code"] == "item_not_on_file"
    assert check(post(path, data=b"", content_type="text/xml"), path, "post")["code"] == "unsupported_media_type"
    assert check(post(path, json={"channel": 5}), path, "post")["errors"]
    assert check(app.test_client().post(path), path, "post")["code"] == "unauthenticated"
    assert check(client.get(f"{path}?limit=0"), path, "get")["code"] == "invalid"


def test_the_errors_page_and_docs_explain_every_code(client: Any) -> None:
    page, text = client.get("/errors").text, (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for code, kind in KINDS.items():
        assert f'id="{code}"' in page
        assert re.search(rf"^\| `{code}` \| {kind.status} \|", text, re.MULTILINE), code
    listed = set(re.findall(r"^\| `(\w+)` \| \d{3} \|", text, re.MULTILINE))
    assert listed == set(KINDS)


def test_limits_are_those_of_the_settings(settings: Settings) -> None:
    limits = load_tools(settings).limits
    assert limits == PictureLimits(max_bytes=settings.max_picture_bytes, max_pixels=settings.max_picture_pixels)
