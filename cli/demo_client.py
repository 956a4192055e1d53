"""A small HTTP client with the standard library alone, so that the demo needs nothing but the service itself."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from features.errors import ParcelScreeningError
from sample_images.parcels import Sample

START_SECONDS = 60.0
REQUEST_SECONDS = 30.0


class Client:
    """Talks to one service with this machine's key, which is made on first use and kept in the home (mode 0600)."""

    def __init__(self, base: str, home: Path) -> None:
        self.base = base
        self.home = home
        self.key_file = home / "demo.key"

    def screen(self, sample: Sample) -> dict[str, Any]:
        """Send one sample as a station would, and return the answer.

        Raises:
            ParcelScreeningError: The service refused it.
        """
        body, content_type = multipart(sample)
        answer = json.loads(self._request("/v1/screenings", body, content_type))
        assert isinstance(answer, dict)  # noqa: S101 - the route answers one object
        return answer

    def save_annotated(self, screening_id: str, name: str) -> Path:
        """Fetch the annotated picture and return the file it was saved as."""
        path = self.home / "demo" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._request(f"/v1/screenings/{screening_id}/images/0"))
        return path

    def ready(self) -> bool:
        """Say whether the service takes work."""
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def use_key(self, key: str) -> None:
        """Keep a key for this machine, readable by its owner alone."""
        self.key_file.unlink(missing_ok=True)
        with os.fdopen(os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")

    def key_works(self) -> bool:
        """Say whether the kept key is (still) one of this home's store."""
        try:
            self._request("/v1/sop")
        except (ParcelScreeningError, OSError):
            return False
        return True

    def _request(self, path: str, body: bytes | None = None, content_type: str = "application/json") -> bytes:
        request = urllib.request.Request(self.base + path, data=body)
        request.add_header("Authorization", "Bearer " + self.key_file.read_text().strip())
        if body is not None:
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:
                content = answer.read()
                assert isinstance(content, bytes)  # noqa: S101 - typing only
                return content
        except urllib.error.HTTPError as error:
            detail = error.read().decode("utf-8", "replace")
            raise ParcelScreeningError(f"{path}: the service answered {error.code}: {detail}") from error


def multipart(sample: Sample) -> tuple[bytes, str]:
    """Return the body and content type of a multipart request for one sample."""
    boundary = uuid.uuid4().hex
    parts = [("manifest", "manifest.json", "application/json", sample.manifest_path.read_bytes())]
    if sample.image:
        parts.append(("image", sample.image.name, "image/png", sample.image.read_bytes()))
    body = b""
    for name, filename, media_type, data in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        body += head.encode() + f"Content-Type: {media_type}\r\n\r\n".encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def free_port(first: int) -> int:
    """Return the first port from `first` on that nobody listens on.

    Raises:
        ParcelScreeningError: Twenty ports in a row are taken.
    """
    for port in range(first, first + 20):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise ParcelScreeningError(f"Ports {first} to {first + 19} are all taken; name a free one with --port.")


def wait_until_ready(client: Client, process: subprocess.Popen[bytes]) -> None:
    """Wait for the service.

    Raises:
        ParcelScreeningError: It ended or did not become ready in time.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if client.ready():
            return
        time.sleep(0.1)
    raise ParcelScreeningError(f"The service did not start; see {client.home / 'service.log'}.")
