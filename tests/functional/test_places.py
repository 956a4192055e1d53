"""Who waits for the disk, and who looks at pictures, takes a place: however many come, the others are answered."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from service.admission import Pool
from service.capacity import Size, most_storing
from service.settings import Settings

PARCEL = {"channel": "courier", "origin_country": "GB", "destination_country": "MX", "items": [{"hs_code": "610510"}]}


def storing(desk: Any, count: int) -> None:
    """Wait until so many have been worked on and wait for the store."""
    admission, end = desk.service.admission, time.monotonic() + 30
    while (admission.storing._working, admission.manifests._working) != (count, 0):
        assert time.monotonic() < end
        time.sleep(0.001)


def overloaded(answer: Any) -> bool:
    return (answer.status_code, answer.json["code"], "Retry-After" in answer.headers) == (503, "overloaded", True)


def test_a_stalled_disk_holds_only_so_many(make_desk: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    desk = make_desk(Settings(home=home, threads=2, manifest_queue=0, picture_threads=1, picture_queue=0))
    places = most_storing(desk.settings)
    read = "/v1/screenings/" + desk.screen({**PARCEL, "item_id": "before"}).json["screening_id"]
    key = {"Authorization": desk.client.environ_base["HTTP_AUTHORIZATION"]}
    with ThreadPoolExecutor(places) as callers:
        with desk.service.store.writing():  # as a disk that does not come back: nobody else may write
            waiting = []
            for number in range(places):
                parcel = {**PARCEL, "item_id": f"W{number}"}
                waiting.append(callers.submit(desk.app.test_client().post, "/v1/screenings", json=parcel, headers=key))
                storing(desk, number + 1)
            assert overloaded(desk.screen({**PARCEL, "item_id": "one more"}))
            assert overloaded(desk.get(read))
            assert overloaded(desk.client.post(f"{read}/finding", json={"found": "nothing"}))
            assert desk.get("/healthz").status_code == 200
        assert {one.result(30).status_code for one in waiting} == {201}
    assert desk.get(read).status_code == 200
    assert desk.client.get("/v1/screenings?item_id=one+more").json["screenings"] == []
    storing(desk, 0)


def test_pictures_are_drawn_a_few_at_once(desk: Any, scan: bytes) -> None:
    picture = f"/v1/screenings/{desk.send(scan).json['screening_id']}/images/0"
    pool = desk.service.admission.drawings = Pool("drawing", Size(1, 0), desk.service.metrics.load)
    with pool.slot():
        assert overloaded(desk.get(picture))
        assert desk.get(f"{picture}?raw=1").data == scan
        assert desk.screen({**PARCEL, "item_id": "meanwhile"}).status_code == 201
    assert desk.get(picture).content_type == "image/png"
