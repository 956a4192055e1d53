"""`demo`: what `make run` does: a service on loopback, a key for this machine, sample parcels screened through HTTP."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from cli.demo_client import Client, free_port, wait_until_ready
from cli.present import parcel
from features.errors import ParcelScreeningError
from sample_images.parcels import SAMPLES, Sample
from service.auth import create_key
from service.settings import Settings
from service.store.store import open_store

FIRST_PORT = 8080
STOP_SECONDS = 15


@click.command()
@click.option("--port", type=int, help=f"Port on loopback; default: the first free one from {FIRST_PORT}.")
@click.option("--once", is_flag=True, help="Stop after the samples instead of waiting for Ctrl-C.")
def demo(port: int | None, once: bool) -> None:
    """Start the service on loopback, screen the sample parcels through HTTP, and keep serving."""
    # Both ends are orderly, also where a script has started us in the background with interrupts ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = Settings.from_environment(os.environ)
    console = Console()
    port = port or free_port(FIRST_PORT)
    with _service(settings, port, console) as process:
        client = Client(f"http://127.0.0.1:{port}", settings.home)
        wait_until_ready(client, process)
        _ensure_key(client, settings)
        for sample in SAMPLES:
            _show(console, client, sample)
        _farewell(console, client)
        if not once:
            _wait(process, console)


@contextlib.contextmanager
def _service(settings: Settings, port: int, console: Console) -> Iterator[subprocess.Popen[bytes]]:
    settings.home.mkdir(parents=True, exist_ok=True)
    log = settings.home / "service.log"
    console.print(f"Starting the service on 127.0.0.1:{port} (home {settings.home}, log {log}) ...", soft_wrap=True)
    command = [sys.executable, "-m", "cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "PARCEL_SCREENING_HOME": str(settings.home)}
    with log.open("ab") as output:
        # A session of its own: Ctrl-C reaches us, and we stop the service in order.
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ensure_key(client: Client, settings: Settings) -> None:
    if client.key_file.exists() and client.key_works():
        return
    store = open_store(settings)
    try:
        _, key = create_key(store, "officer", "demo on this machine", datetime.now(UTC))
    finally:
        store.close()
    client.use_key(key)


def _show(console: Console, client: Client, sample: Sample) -> None:
    answer = client.screen(sample)
    notes: tuple[tuple[str, str], ...] = (("Record", f"/v1/screenings/{answer['screening_id']}"),)
    if sample.image:
        notes = (*notes, ("Annotated", str(client.save_annotated(answer["screening_id"], sample.name))))
    console.print(parcel(answer, sample.title, notes))


def _farewell(console: Console, client: Client) -> None:
    manifest = SAMPLES[0].manifest_path
    console.print(
        f"\n[bold]Try one yourself[/]\n"
        f'  curl -s -H "Authorization: Bearer $(cat {escape(str(client.key_file))})" \\\n'
        f"    -F manifest=@{escape(_short(manifest))} {client.base}/v1/screenings\n"
        f"[bold]API[/]      {client.base}/docs\n"
        f"[bold]Console[/]  {client.base}/console   (sign in with the key in {escape(str(client.key_file))})\n",
        soft_wrap=True,
        highlight=False,
    )


def _short(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _wait(process: subprocess.Popen[bytes], console: Console) -> None:
    console.print("The service is running; Ctrl-C stops it.")
    try:
        code = process.wait()
    except KeyboardInterrupt:
        console.print("\nStopping ...")
        return
    raise ParcelScreeningError(f"The service stopped by itself with exit code {code}; its log says why.")
