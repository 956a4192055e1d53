"""The command line and the route give the same answer about the same parcel."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import root
from sample_images.parcels import SAMPLES, Sample
from service.app import create_app
from service.auth import create_key
from service.settings import Settings
from service.store.store import open_store

OWN_TO_EACH_CALL = ("screening_id", "created_at")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_screen_command_and_route_agree(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _by_command(sample, tmp_path, monkeypatch) == _by_route(sample, tmp_path)


def _by_command(sample: Sample, home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("PARCEL_SCREENING_HOME", str(home))
    arguments = ["screen", str(sample.manifest_path), "--json"]
    if sample.image:
        arguments += ["--image", str(sample.image), "--view", "top"]
    done = CliRunner().invoke(root, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return _comparable(json.loads(done.stdout))


def _by_route(sample: Sample, home: Path) -> dict[str, Any]:
    settings = Settings(home=home)
    client = create_app(settings).test_client()
    _, key = create_key(open_store(settings), "station", "test", datetime.now(UTC))
    headers = {"Authorization": f"Bearer {key}"}
    fields: dict[str, Any] = {"manifest": (sample.manifest_path.open("rb"), "manifest.json", "application/json")}
    if sample.image:
        fields |= {"image": (sample.image.open("rb"), "scan.png", "image/png"), "view": "top"}
    response = client.post("/v1/screenings", data=fields, headers=headers, content_type="multipart/form-data")
    assert response.status_code == 201, response.text
    return _comparable(response.json)


def _comparable(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in OWN_TO_EACH_CALL}
