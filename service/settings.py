"""Every setting of the product: read once from the environment, at the edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from features.errors import Problem, UsageError

PREFIX = "PARCEL_SCREENING_"


def _setting(default: Any, doc: str, read: Callable[[str], Any] = str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"doc": doc, "read": read}, repr=not secret)


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("use 1 or 0")


def _positive(text: str) -> int:
    if (number := int(text)) <= 0:
        raise ValueError("use a whole number above 0")
    return number


def _count(text: str) -> int:
    if (number := int(text)) < 0:
        raise ValueError("use a whole number, 0 or more")
    return number


def _seconds(text: str) -> float:
    if not 0 < (number := float(text)) < float("inf"):
        raise ValueError("use a number of seconds above 0")
    return number


def _seconds_or_none(text: str) -> float:
    if not 0 <= (number := float(text)) < float("inf"):
        raise ValueError("use a number of seconds, 0 or more")
    return number


def _log_format(text: str) -> str:
    if text not in {"json", "text", "auto"}:
        raise ValueError("use json, text or auto")
    return text


def _optional_path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings; each is the environment variable PARCEL_SCREENING_ plus its name in capitals."""

    home: Path = _setting(
        Path("~/.parcel-screening").expanduser(),
        "Folder of the store, pictures, promoted models, scanner profiles and the active policy; may start empty.",
        lambda text: Path(text).expanduser(),
    )
    database_url: str = _setting("", "SQLAlchemy URL of the store; empty: SQLite in the home folder.")
    sop: Path | None = _setting(
        None,
        "Policy file or its folder; empty: the activated version, else the home's `policy.yaml`, else the shipped one.",
        _optional_path,
    )
    risk_model: Path | None = _setting(None, "Folder of a risk bundle; empty: promoted, else shipped.", _optional_path)
    xray_model: Path | None = _setting(
        None, "Folder of an X-ray bundle; empty: promoted, else shipped.", _optional_path
    )
    allow_research_models: bool = _setting(False, "1 allows bundles whose card says licence: research-only.", _flag)
    model_public_key: Path | None = _setting(
        None, "PEM file of the keys whose signed bundles are taken; empty: no signature is asked for.", _optional_path
    )
    trust_shipped_models: bool = _setting(
        False, "1 takes the shipped bundles unsigned where a signature is asked for.", _flag
    )
    max_body_bytes: int = _setting(
        64 * 1024 * 1024, "Largest request body in bytes: manifest and up to four pictures.", _positive
    )
    max_manifest_bytes: int = _setting(1024 * 1024, "Largest manifest in bytes, alone or as a line.", _positive)
    max_picture_bytes: int = _setting(32 * 1024 * 1024, "Largest picture file in bytes that is read.", _positive)
    max_picture_pixels: int = _setting(40_000_000, "Largest picture in pixels that is read.", _positive)
    max_batch_bytes: int = _setting(1024 * 1024 * 1024, "Largest NDJSON batch in bytes.", _positive)
    max_batch_lines: int = _setting(200_000, "Most lines of one NDJSON batch.", _positive)
    threads: int = _setting(
        0, "Manifests that one worker of `serve` works on at once; 0: what suits the store, 1 or 8.", _count
    )
    manifest_queue: int = _setting(
        16, "Manifests that may wait for that in one worker; more are refused (503).", _count
    )
    manifest_wait_ms: int = _setting(
        1,
        "Milliseconds that a manifest or a score may expect to wait while more come than can be served.",
        _positive,
    )
    picture_threads: int = _setting(1, "Parcels with pictures that one worker works on at once.", _positive)
    picture_queue: int = _setting(4, "Parcels with pictures that may wait for that in one worker.", _count)
    picture_seconds: int = _setting(
        60, "Seconds after which reading one picture is given up; it then counts as unreadable.", _positive
    )
    batches: int = _setting(4, "NDJSON batches that one worker reads at once.", _positive)
    body_readers: int = _setting(32, "Requests whose body one worker waits for at once.", _positive)
    body_memory_mb: int = _setting(
        512,
        "MiB of screenings' bodies that one worker holds at once; a body in chunks counts as the largest.",
        _positive,
    )
    deadline_seconds: float = _setting(
        10.0, "Seconds after which a request that still waits for its turn is refused (503).", _seconds
    )
    silence_seconds: float = _setting(
        60.0, "Seconds after which a connection is cut over which nothing was sent and hardly anything comes.", _seconds
    )
    drain_seconds: float = _setting(
        2.0,
        "Seconds that `/readyz` says `draining` after SIGTERM before the service stops to listen.",
        _seconds_or_none,
    )
    worker_lifetime: int = _setting(
        0, "Seconds after which a worker is replaced by a new one without an interruption; 0: never.", _count
    )
    worker_memory_mb: int = _setting(
        0, "Resident memory in MiB from which a worker is replaced likewise; 0: no limit.", _count
    )
    tls_certificate: Path | None = _setting(
        None, "PEM file of the server's certificate chain; empty: plain HTTP.", _optional_path
    )
    tls_key: Path | None = _setting(None, "PEM file of the certificate's key.", _optional_path)
    tls_client_ca: Path | None = _setting(
        None, "PEM file of the authorities whose client certificates are asked for; empty: none.", _optional_path
    )
    requests_per_minute: int = _setting(
        0, "Requests that a key without a limit of its own may make in a minute on one machine; 0: any number.", _count
    )
    wrong_keys_per_minute: int = _setting(
        30, "Wrong keys that one address may show in a minute; 0: any number.", _count
    )
    client_certificate_header: str = _setting(
        "", "Header in which the proxy tells of client certificates; empty: nobody tells of any."
    )
    proxy_secret: str = _setting("", "What that header begins with, so that the proxy alone is believed.", secret=True)
    trusted_proxies: int = _setting(
        0, "Reverse proxies in front whose X-Forwarded-For and -Proto are believed; 0: none.", _count
    )
    key: str = _setting(
        "", "Key of whoever changes the procedure with `sop`; only those commands read it.", secret=True
    )
    log_format: str = _setting("auto", "json, text, or auto: text on a terminal, JSON otherwise.", _log_format)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read all settings.

        Raises:
            UsageError: One or more variables are unknown or unreadable; all are named.
        """
        known = {PREFIX + item.name.upper(): item for item in fields(cls)}
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for name in sorted(key for key in environment if key.startswith(PREFIX)):
            if name not in known:
                problems.append(Problem(name, "setting_unknown", "No such setting; see `parcel-screening settings`."))
                continue
            item = known[name]
            try:
                values[item.name] = item.metadata["read"](environment[name])
            except ValueError as error:
                problems.append(Problem(name, "setting_invalid", f"Cannot be read: {error}."))
        if problems:
            raise UsageError("The settings cannot be used.", problems)
        return cls(**values)

    @property
    def effective_database_url(self) -> str:
        """The URL of the store, with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'store.sqlite3'}"


def describe() -> list[tuple[str, str, str]]:
    """Return (variable, default, meaning) of every setting, for `parcel-screening settings` and the README."""
    return [(PREFIX + item.name.upper(), _default_text(item), item.metadata["doc"]) for item in fields(Settings)]


def _default_text(item: Field[Any]) -> str:
    if item.default is MISSING or item.default is None:
        return ""
    return str(item.default)
