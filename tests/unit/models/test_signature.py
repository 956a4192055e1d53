"""Where keys are trusted, only what one of them signed is taken, and nothing is read of what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from features.errors import CheckFailed, InputError
from models.bundle import Card, open_bundle, shipped_bundles, write_bundle
from models.signature import key_name, new_key_pair, read_private_key, read_public_keys, sign
from models.trust import SIGNATURE, Trust


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    secret, public = new_key_pair()
    (tmp_path / "a.key").write_bytes(secret)
    (tmp_path / "a.pub").write_bytes(public)
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    card = Card(
        kind="risk", name="tiny", version="1.0.0", created_at="2026-11-21T00:00:00Z", licence="Apache-2.0",
        feature_spec="abc", command="made in a test", data={}, figures={}, limits=("a test",),
    )  # fmt: skip
    write_bundle(tmp_path / "tiny", card, {"model.txt": b"weights"})
    return tmp_path / "tiny"


def sign_folder(folder: Path, key: Path) -> None:
    (folder / SIGNATURE).write_bytes(sign((folder / "model.json").read_bytes(), read_private_key(key)))


def trust(*files: Path) -> Trust:
    return Trust(tuple(key for file in files for key in read_public_keys(file)))


def test_a_signed_bundle_is_taken_and_without_keys_everyone_is(folder: Path, keys: Path) -> None:
    assert open_bundle(folder, "risk").signature is None
    sign_folder(folder, keys / "a.key")
    assert open_bundle(folder, "risk", trust(keys / "a.pub")).read("model.txt") == b"weights"
    assert open_bundle(folder, "risk").card.title == "tiny-1.0.0"


def test_an_unsigned_bundle_is_refused_before_its_card_is_read(folder: Path, keys: Path) -> None:
    (folder / "model.json").write_text("not a card at all")
    with pytest.raises(CheckFailed, match="is not signed") as caught:
        open_bundle(folder, "risk", trust(keys / "a.pub"))
    assert "not a model card" not in str(caught.value)
    assert "models sign" in str(caught.value)


def test_a_card_changed_after_signing_is_refused(folder: Path, keys: Path) -> None:
    sign_folder(folder, keys / "a.key")
    path = folder / "model.json"
    path.write_text(path.read_text().replace("Apache-2.0", "Apache-2.1"))
    with pytest.raises(CheckFailed, match="not of a trusted key"):
        open_bundle(folder, "risk", trust(keys / "a.pub"))


def test_a_file_changed_after_signing_is_refused_by_its_hash(folder: Path, keys: Path) -> None:
    sign_folder(folder, keys / "a.key")
    (folder / "model.txt").write_bytes(b"weightz")
    with pytest.raises(CheckFailed, match="not what its card says"):
        open_bundle(folder, "risk", trust(keys / "a.pub"))


@pytest.mark.parametrize("content", [b"", b"not base64 !", b"AAAA", b"\xff\xfe"])
def test_a_broken_signature_is_refused(folder: Path, keys: Path, content: bytes) -> None:
    (folder / SIGNATURE).write_bytes(content)
    with pytest.raises(CheckFailed, match="not of a trusted key"):
        open_bundle(folder, "risk", trust(keys / "a.pub"))


def test_a_stranger_s_signature_is_refused_and_two_keys_may_be_trusted_while_one_takes_over(
    folder: Path, keys: Path
) -> None:
    secret, public = new_key_pair()
    (keys / "b.key").write_bytes(secret)
    sign_folder(folder, keys / "b.key")
    with pytest.raises(CheckFailed, match="not of a trusted key"):
        open_bundle(folder, "risk", trust(keys / "a.pub"))
    (keys / "both.pub").write_bytes((keys / "a.pub").read_bytes() + public)
    assert len(read_public_keys(keys / "both.pub")) == 2
    open_bundle(folder, "risk", trust(keys / "both.pub"))


def test_shipped_bundles_need_a_signature_unless_the_operator_trusts_them(keys: Path) -> None:
    shipped = shipped_bundles("xray")[-1]
    only = trust(keys / "a.pub")
    with pytest.raises(CheckFailed, match="PARCEL_SCREENING_TRUST_SHIPPED_MODELS"):
        open_bundle(shipped, "xray", only)
    open_bundle(shipped, "xray", Trust(only.keys, shipped=True))


def test_what_is_no_key_is_named(keys: Path) -> None:
    (keys / "bad.pub").write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    other = generate_private_key(SECP256R1()).public_key()
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (keys / "ec.pub").write_bytes(other.public_bytes(*form))
    (keys / "mixed.pub").write_bytes((keys / "a.pub").read_bytes() + (keys / "ec.pub").read_bytes())
    for name in ("bad.pub", "ec.pub", "mixed.pub", "missing.pub", "a.key"):
        with pytest.raises(InputError, match=name):
            read_public_keys(keys / name)
    for name in ("a.pub", "missing.key"):
        with pytest.raises(InputError, match=name):
            read_private_key(keys / name)


def test_a_key_s_name_is_the_same_from_either_half(keys: Path) -> None:
    private, (public,) = read_private_key(keys / "a.key"), read_public_keys(keys / "a.pub")
    assert key_name(private.public_key()) == key_name(public)
    assert len(key_name(public)) == 16
