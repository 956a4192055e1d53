"""`models keygen` and `models sign`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cli.models_find import find
from features.errors import InputError
from models.bundle import open_bundle
from models.folder_write import replace_file
from models.signature import key_name, new_key_pair, read_private_key, read_public_keys, sign
from models.trust import SIGNATURE
from service.settings import Settings

FILE = click.Path(path_type=Path, dir_okay=False)
PRIVATE, PUBLIC = 0o600, 0o644


@click.command()
@click.argument("name", type=FILE)
def make_keys(name: Path) -> None:
    """Make an Ed25519 key pair: NAME.key to sign with, NAME.pub for PARCEL_SCREENING_MODEL_PUBLIC_KEY.

    Keep NAME.key away from the machines that run the service: whoever has it can put any model in use there. It has no
    password; let the place where it is kept have one.
    """
    secret, public = new_key_pair()
    private_file, public_file = (name.with_name(name.name + suffix) for suffix in (".key", ".pub"))
    for path in (private_file, public_file):
        if os.path.lexists(path):
            raise InputError(f"{path}: exists already; a key is never overwritten, name another.")
    _write_new(private_file, secret, PRIVATE)
    _write_new(public_file, public, PUBLIC)
    click.echo(f"{private_file}: private key, mode 0600; sign with it, and keep it elsewhere.")
    click.echo(f"{public_file}: public key {key_name(read_public_keys(public_file)[0])}.")


@click.command()
@click.argument("model")
@click.option("--key", type=FILE, required=True, help="Private key made by `models keygen`.")
def sign_model(model: str, key: Path) -> None:
    """Sign MODEL, a folder or a name as `models list` shows it, after checking its files against its card.

    The signature is over the card, which lists the SHA-256 of every other file. An earlier signature is replaced.
    """
    secret = read_private_key(key)
    folder = find(model, Settings.from_environment(os.environ))
    bundle = open_bundle(folder, None)
    try:
        replace_file(folder / SIGNATURE, sign(bundle.card_bytes, secret))
    except OSError as error:
        raise InputError(f"{folder / SIGNATURE}: cannot be written ({error.strerror}).") from error
    click.echo(f"{bundle.card.title}: signed by key {key_name(secret.public_key())}.")


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
    with open(handle, "wb") as file:
        file.write(data)
