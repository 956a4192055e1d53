"""The application with the shipped policy and stand-ins for the two models, whose own tests are elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from features.history import History
from features.indicators.register import Raised
from features.manifest import Manifest
from models.results import ImageResult, Reason, Region, RiskResult, XrayResult
from models.scanner_profile import ScannerProfile
from models.xray import Picture, PictureLimits, assess_without_model
from service.app import create_app
from service.auth import create_key
from service.context import EXTENSION, Service
from service.screening import Tools
from service.settings import Settings
from service.store.store import open_store
from sop.active import shipped_policy_path
from sop.package import Package
from sop.reading.packages import load_package

START = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
MANIFEST: dict[str, Any] = {
    "item_id": "RR473124829GB",
    "channel": "postal",
    "mail_class": "parcel",
    "declared_at": "2026-11-20T08:15:00Z",
    "origin_country": "GB",
    "destination_country": "MX",
    "gross_weight_g": 850,
    "sender": {"name": "A. Sender", "address": ["12 Example Street"], "city": "Leeds", "country": "GB"},
    "recipient": {"name": "B. Recipient", "address": ["Calle 5 no. 10"], "city": "Puebla", "country": "MX"},
    "items": [
        {
            "description": "cotton shirts",
            "quantity": 2,
            "net_weight_g": 600,
            "value": {"amount": "25.00", "currency": "USD"},
            "hs_code": "610510",
        }
    ],
}


class FakeRisk:
    """Stands in for `models.risk.RiskModel`: one score for every parcel, and a note of the history it was given."""

    title = "fake-risk-1.0.0"
    digest = "no bundle"
    base_rate = 1e-5

    def __init__(self, score: float = 0.0021) -> None:
        self.score = score
        self.histories: list[History] = []
        self.before: Callable[[Manifest], None] = lambda manifest: None

    def assess(self, manifest: Manifest, raised: Sequence[Raised], history: History) -> RiskResult:
        self.histories.append(history)
        self.before(manifest)
        if manifest.extra.get("break"):
            raise RuntimeError("told to break")
        reasons = (
            Reason("PRICE_PER_KG_LOW", "41.67 USD a kilogram; shirts are usually 15 to 90.", 0.61),
            Reason("SENDER_KNOWN", "The sender was seen before.", -0.22),
        )
        return RiskResult(self.score, 98.7, reasons)


class FakeXray:
    """Stands in for `models.xray.XrayModel`: really reads the pictures, then sees one barrel in each."""

    title = "fake-xray-1.0.0"
    digest = "no bundle"

    def log_likelihood_ratio(self, score: float | None, profile: ScannerProfile | None = None) -> float:
        return 2.0

    def assess(
        self, pictures: Sequence[Picture], limits: PictureLimits, profile: ScannerProfile | None = None
    ) -> XrayResult:
        read = assess_without_model(pictures, limits)
        images = tuple(self._seen(image) for image in read.images)
        if any(image.score is not None for image in images):
            return replace(read, images=images, assessment="alarm", score=0.91)
        return read

    def _seen(self, image: ImageResult) -> ImageResult:
        if image.ability == "unreadable":
            return image
        return replace(image, regions=(Region("barrel", 0.91, (120, 118, 142, 34)),), score=0.91, assessment="alarm")


@dataclass
class Clock:
    """A clock that moves only when told, and by a millisecond at each look, as real requests never coincide."""

    now: datetime = START

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture(scope="session")
def policy() -> Any:
    return load_package(shipped_policy_path()).base


@pytest.fixture
def tools(policy: Any) -> Tools:
    risk: Any = FakeRisk()
    xray: Any = FakeXray()
    package = Package(base=policy, files={})
    return Tools(package=package, risk=risk, xray=xray, limits=PictureLimits(), selection_secret=b"test")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Desk:
    """A test client with a key: what a station, an officer or an administrator can do over HTTP."""

    app: Flask
    client: FlaskClient
    settings: Settings

    @property
    def service(self) -> Service:
        found: Service = self.app.extensions[EXTENSION]
        return found

    def key(self, role: str = "admin") -> str:
        return create_key(self.service.store, role, f"test {role}", START)[1]

    def with_key(self, role: str) -> Desk:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.key(role)}"
        return Desk(self.app, client, self.settings)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def screen(self, manifest: Any = MANIFEST, **more: Any) -> TestResponse:
        return self.client.post("/v1/screenings", json=manifest, **more)

    def send(self, *pictures: bytes, manifest: Any = MANIFEST, headers: Any = None, **fields: Any) -> TestResponse:
        data: dict[str, Any] = {"manifest": json.dumps(manifest), **fields}
        if pictures:
            data["image"] = [file_part(picture) for picture in pictures]
        return self.client.post("/v1/screenings", data=data, headers=headers, content_type="multipart/form-data")


def file_part(data: bytes, media_type: str = "image/png", name: str = "scan.png") -> tuple[Any, str, str]:
    return BytesIO(data), name, media_type


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(tools: Tools, clock: Clock) -> Iterator[MakeDesk]:
    opened: list[Desk] = []

    def make(settings: Settings, role: str = "admin", tools: Tools = tools) -> Desk:
        store = open_store(settings)
        app = create_app(settings, tools=tools, store=store, clock=clock)
        desk = Desk(app, app.test_client(), settings)
        opened.append(desk)
        return desk.with_key(role)

    yield make
    for desk in opened:
        desk.service.store.close()


@pytest.fixture
def desk(make_desk: MakeDesk, tmp_path: Path) -> Desk:
    """On SQLite."""
    return make_desk(Settings(home=tmp_path / "home"))


@pytest.fixture
def any_desk(make_desk: MakeDesk, store_settings: Settings) -> Desk:
    """On SQLite, then on PostgreSQL."""
    return make_desk(store_settings)


@pytest.fixture(scope="session")
def scan() -> bytes:
    """A grey picture that looks like a scan: white air, a bag, a dense bar in it."""
    random = np.random.default_rng(1)
    pixels = np.full((360, 520), 250.0)
    cv2.rectangle(pixels, (60, 60), (460, 300), 205, -1)
    cv2.rectangle(pixels, (120, 120), (260, 150), 60, -1)
    cv2.circle(pixels, (340, 200), 50, 120, -1)
    noisy = np.clip(pixels + random.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8)
    return bytes(cv2.imencode(".png", noisy)[1])
