"""The registry as its users meet it: `models list, show, verify, sign, promote, rollback, history`."""

from __future__ import annotations

import importlib.util
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from bundle_copies import copy_of_shipped
from cli_runs import run_command

from models.bundle import shipped_bundles

SHIPPED = shipped_bundles("risk")[-1].name


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="session")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labelled parcels, enough to tell a worse model."""
    folder = tmp_path_factory.mktemp("parcels")
    words = ("synth", "manifests", "--count", 600, "--seed", 9, "--base-rate", 0.1, "--output", folder / "p.ndjson")
    run_command(folder / "home", *words)
    return folder / "p.ndjson"


def shipped_file(name: str) -> bytes:
    return (shipped_bundles("risk")[-1] / name).read_bytes()


def upside_down(trees: bytes) -> bytes:
    """Return trees that rank the other way round, in LightGBM's text form."""

    def turned(line: re.Match[str]) -> str:
        return "leaf_value=" + " ".join(str(-float(value)) for value in line[1].split())

    text = re.sub(r"^leaf_value=(.*)$", turned, trees.decode(), flags=re.MULTILINE)
    # Each tree's length in bytes stands at the head, and the reader trusts it.
    return re.sub(r"^tree_sizes=.*\n", "", text, flags=re.MULTILINE).encode()


def history(home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run_command(home, "models", "history", "--json").stdout)
    return found


def in_use(home: Path, **settings: object) -> list[str]:
    listed = json.loads(run_command(home, "models", "list", "--json", **settings).stdout)
    return [row["title"] for row in listed if row["in_use"] and row["kind"] == "risk"]


def test_promote_by_the_cards_then_back(home: Path, tmp_path: Path) -> None:
    bundle = copy_of_shipped(tmp_path, "risk", "1.1.0")  # the same figures on the same parcels
    done = run_command(home, "models", "promote", bundle, "--by", "A. Chief", "--reason", "yearly renewal")
    assert f"risk-synthetic-1.1.0 is in use (unsigned); before, {SHIPPED} (shipped) was." in done.stdout
    assert "models rollback risk" in done.stdout
    assert "AP" in done.stdout
    assert in_use(home) == ["risk-synthetic-1.1.0"]
    assert "(in use, promoted)" in run_command(home, "models", "list").stdout
    assert "in use already" in run_command(home, "models", "promote", bundle, code=1).stderr
    assert f"{SHIPPED} (shipped) is in use" in run_command(home, "models", "rollback", "risk").stdout
    assert in_use(home) == [SHIPPED]
    assert "nothing on record" in run_command(home, "models", "rollback", "risk", code=1).stderr
    promoted, rolled_back = history(home)
    assert (promoted["by"], promoted["reason"], promoted["forced"]) == ("A. Chief", "yearly renewal", False)
    assert [one["name"] for one in promoted["judgement"]["figures"]] == ["AP", "recall at 1 %"]
    assert (rolled_back["action"], rolled_back["took_place"]) == ("rollback", True)


def test_a_worse_model_is_refused_with_its_figures_unless_forced_with_a_reason(
    home: Path, tmp_path: Path, parcels: Path
) -> None:
    worse = copy_of_shipped(tmp_path, "risk", "1.1.0", contents={"trees.txt": upside_down(shipped_file("trees.txt"))})
    done = run_command(home, "models", "promote", worse, "--data", parcels, code=1)
    assert f"risk-synthetic-1.1.0 was not put in use; {SHIPPED} (shipped) stays" in done.stderr
    assert "AP: The challenger is worse beyond chance" in done.stderr
    assert in_use(home) == [SHIPPED]
    assert "--force needs --reason" in run_command(home, "models", "promote", worse, "--force", code=2).stderr
    run_command(home, "models", "promote", worse, "--data", parcels, "--force", "--reason", "only to try")
    assert in_use(home) == ["risk-synthetic-1.1.0"]
    refused, forced = history(home)
    assert (refused["action"], forced["action"], forced["forced"]) == ("refused", "promote", True)
    for event in (refused, forced):
        figures = {one["name"]: one for one in event["judgement"]["figures"]}
        assert figures["AP"]["high"] < 0
        assert event["judgement"]["data_sha256"]
        assert "worse" in [one["code"] for one in event["judgement"]["refusals"]]
    shown = run_command(home, "models", "history").stdout
    assert "risk promoted, forced" in shown
    assert "reason: only to try" in shown


def test_an_uncalibrated_model_is_refused(home: Path, tmp_path: Path, parcels: Path) -> None:
    calibration = json.loads(shipped_file("calibration.json"))
    wrong = json.dumps({**calibration, "trained_rate": 0.0005}).encode()
    bundle = copy_of_shipped(tmp_path, "risk", "1.1.0", contents={"calibration.json": wrong})
    done = run_command(home, "models", "promote", bundle, "--data", parcels, code=1)
    assert "the challenger is not calibrated" in done.stderr.lower()
    assert "worse" not in done.stderr  # the ranking is the same
    assert in_use(home) == [SHIPPED]


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("risk", {"feature_spec": "0" * 64}, "another feature specification"),
        ("xray", {"feature_spec": "xray-planes-0"}, "another feature specification"),
        ("risk", {"licence": "research-only"}, "PARCEL_SCREENING_ALLOW_RESEARCH_MODELS=1"),
        ("risk", {"contents": {"trees.txt": b"no trees"}}, "no risk model"),
        ("risk", {"contents": {"trees.txt": pickle.dumps("trees")}}, "Is a pickle under another name"),
        ("xray", {"contents": {"detector.onnx": b"no network"}}, "Not an ONNX form"),
        ("xray", {"contents": {"detector.onnx": b"\x08no network"}}, "network"),
    ],
)
def test_force_overrides_no_wrong_bundle(
    home: Path, tmp_path: Path, kind: Any, changes: dict[str, Any], words: str
) -> None:
    bundle = copy_of_shipped(tmp_path, kind, "1.1.0", **changes)
    for force in ((), ("--force", "--reason", "I insist")):
        done = run_command(home, "models", "promote", bundle, *force, code=3 if "network" in words else 1)
        assert words in done.stderr
    assert not (home / "models").exists()


def test_a_tampered_bundle_is_refused_by_name_of_the_file(home: Path, tmp_path: Path) -> None:
    bundle = copy_of_shipped(tmp_path, "risk", "1.1.0")
    with (bundle / "trees.txt").open("ab") as file:
        file.write(b"\n")
    done = run_command(home, "models", "promote", bundle, "--force", "--reason", "I insist", code=1)
    assert "trees.txt: SHA-256 differs" in done.stderr
    assert "1.1.0/trees.txt: SHA-256 differs" in run_command(home, "models", "verify", bundle, code=1).stderr


def test_a_research_model_is_promoted_where_the_operator_allows_it(home: Path, tmp_path: Path) -> None:
    bundle = copy_of_shipped(tmp_path, "risk", "1.1.0", licence="research-only")
    run_command(home, "models", "promote", bundle, allow_research_models=1)
    assert "promoted, research-only" in run_command(home, "models", "list").stdout
    assert "must allow" in run_command(home, "models", "show", "risk-synthetic-1.1.0").stdout


def test_signed_from_key_to_rollback(home: Path, tmp_path: Path) -> None:
    run_command(home, "models", "keygen", tmp_path / "unit")
    assert (tmp_path / "unit.key").stat().st_mode & 0o077 == 0
    assert "never overwritten" in run_command(home, "models", "keygen", tmp_path / "unit", code=3).stderr
    only = {"model_public_key": tmp_path / "unit.pub", "trust_shipped_models": 1}
    bundle = copy_of_shipped(tmp_path, "risk", "1.1.0")
    refused = run_command(home, "models", "promote", bundle, "--force", "--reason", "I insist", code=1, **only)
    assert "is not signed" in refused.stderr
    signed = run_command(home, "models", "sign", bundle, "--key", tmp_path / "unit.key").stdout
    assert "signed by key" in run_command(home, "models", "promote", bundle, **only).stdout
    listed = json.loads(run_command(home, "models", "list", "--json", **only).stdout)
    (row,) = [one for one in listed if one["promoted"]]
    assert row["signature"] in signed.replace(f"{row['title']}: ", "").replace(".\n", "")
    assert history(home)[0]["signed_by"] in row["signature"]
    run_command(home, "models", "verify", **only)
    strict = {"model_public_key": tmp_path / "unit.pub"}
    blocked = run_command(home, "models", "rollback", "risk", code=1, **strict)
    assert f"cannot go back to {SHIPPED}; nothing was changed" in blocked.stderr
    assert "PARCEL_SCREENING_TRUST_SHIPPED_MODELS=1" in blocked.stderr
    run_command(home, "models", "rollback", "risk", **only)
    assert in_use(home, **only) == [SHIPPED]


@pytest.mark.parametrize(
    "words",
    [
        ("score", "{parcels}", "--output", "{tmp}/s.csv", "--risk-model", "{risk}"),
        ("evaluate", "risk", "--data", "{parcels}", "--output", "{tmp}/e", "--risk-model", "{risk}"),
        ("detect", "{tmp}/no.png", "--xray-model", "{xray}"),
        ("evaluate", "xray", "--annotations", "{tmp}/a.json", "--images", "{tmp}", "--output", "{tmp}/x",
         "--xray-model", "{xray}"),
        ("train", "xray", "--synthetic", "100", "--from", "{xray}", "--output", "{tmp}/t"),
        ("models", "verify", "{risk}"),
    ],
)  # fmt: skip
def test_no_command_takes_an_unsigned_bundle_where_a_key_is_set(
    home: Path, tmp_path: Path, parcels: Path, words: tuple[str, ...]
) -> None:
    run_command(home, "models", "keygen", tmp_path / "unit")
    places = {
        "parcels": parcels,
        "tmp": tmp_path,
        "risk": copy_of_shipped(tmp_path, "risk", "1.1.0"),
        "xray": copy_of_shipped(tmp_path, "xray", "1.1.0"),
    }
    if words[:2] == ("train", "xray") and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed")
    given = [word.format(**places) for word in words]
    assert "is not signed" in run_command(home, *given, code=1, model_public_key=tmp_path / "unit.pub").stderr


def test_a_wrong_key_file_stops_what_needs_it_with_one_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pub").write_text("no key")
    for words in (("serve", "--port", "1024"), ("models", "list"), ("models", "verify")):
        done = run_command(home, *words, code=3, model_public_key=tmp_path / "no.pub")
        assert "no.pub: no Ed25519 public key" in done.stderr


def test_a_named_model_is_told_to_come_before_the_promoted_one(home: Path, tmp_path: Path) -> None:
    named = copy_of_shipped(tmp_path, "risk", "3.0.0")
    bundle = copy_of_shipped(tmp_path, "risk", "1.1.0")
    done = run_command(home, "models", "promote", bundle, risk_model=named)
    assert f"PARCEL_SCREENING_RISK_MODEL names {named}" in done.stderr
    assert in_use(home, risk_model=named) == ["risk-synthetic-3.0.0"]


def test_a_model_in_use_that_does_not_load_does_not_stand_in_the_way_of_one_that_does(
    home: Path, tmp_path: Path, parcels: Path
) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models" / "promoted-risk").symlink_to("gone-1.0.0")
    listed = run_command(home, "models", "list")
    assert "gone-1.0.0, which is not there" in listed.stderr
    bundle = copy_of_shipped(tmp_path, "risk", "1.1.0")
    assert "--data" in run_command(home, "models", "promote", bundle, code=1).stderr
    # Forced, because whether it can be believed on these few parcels is not what this test asks.
    done = run_command(home, "models", "promote", bundle, "--data", parcels, "--force", "--reason", "nothing works")
    assert "The model in use cannot be loaded" in done.stdout
    judgement = history(home)[-1]["judgement"]
    assert judgement["champion"] is None
    assert "no_better_than_chance" not in [one["code"] for one in judgement["refusals"]]
    assert in_use(home) == ["risk-synthetic-1.1.0"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--mapping", "m.yaml"), "--mapping says how to read --data"),
        (("--annotations", "a.json"), "--annotations and --images belong together"),
        (("--annotations", "a.json", "--images", "."), "compare it on parcels, with --data"),
    ],
)
def test_options_that_do_not_belong_together(home: Path, words: tuple[str, ...], text: str) -> None:
    assert text in run_command(home, "models", "promote", SHIPPED, *words, code=2).stderr


@pytest.mark.parametrize("name", [SHIPPED, "xray-synthetic-2.0.0"])
def test_a_card_is_read_at_eighty_columns(home: Path, name: str) -> None:
    shown = run_command(home, "models", "show", name).stdout
    # Hashes and paths cannot be broken; everything else keeps to the width.
    wide = [line for line in shown.splitlines() if len(line) > 80 and "/" not in line]
    assert wide == []
    card = json.loads(run_command(home, "models", "show", name, "--json").stdout)
    for part in ("Made from", "How good", "Limits", "Made by", card["licence"], card["created_at"]):
        assert part in shown
    assert card["limits"][0].split()[0] in shown
    assert " ".join(card["command"].split()[:4]) in shown
    whole = run_command(home, "models", "show", name, "--all").stdout
    assert len(whole) > len(shown)


def test_a_card_that_cannot_be_read_does_not_hide_the_others(home: Path) -> None:
    (home / "models" / "spoilt-1.0.0").mkdir(parents=True)
    (home / "models" / "spoilt-1.0.0" / "model.json").write_text("{")
    listed = run_command(home, "models", "list").stdout
    assert "spoilt-1.0.0  cannot be read" in listed
    assert SHIPPED in listed
