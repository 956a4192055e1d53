"""The commands of the contract exist, explain themselves, and a slip is told without a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, main, root
from sample_images.parcels import SAMPLES
from service.settings import describe

CONTRACT = [
    "serve", "screen", "score", "detect", "synth manifests", "synth scans", "train risk", "train xray",
    "evaluate risk", "evaluate xray", "models list", "models show", "models verify",
    "sop check", "sop test", "sop show", "sop diff", "sop simulate", "sop schema", "sop approve", "sop activate",
    "sop rollback",
    "keys create", "keys list", "keys revoke", "db upgrade", "db verify", "settings",
]  # fmt: skip


@pytest.mark.parametrize("command", CONTRACT)
def test_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(root, [*command.split(), "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_has_a_help_text(name: str) -> None:
    with click.Context(root) as context:
        command = root.get_command(context, name)  # type: ignore[attr-defined]
        assert command is not None
        _check(command, context)


def _check(command: click.Command, context: click.Context) -> None:
    assert command.help, command.name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, (command.name, parameter.name)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            _check(found, context)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nonsense"], 2, "No such command"),
        (["screen"], 2, "Missing argument"),
        (["screen", "no-such-file.json"], 3, "no-such-file.json"),
        (["serve", "--port", "0"], 2, "--port"),
        (["--version"], 0, ""),
    ],
)
def test_exit_codes(arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == code
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err


def test_unknown_setting_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PARCEL_SCREENING_HOEM", "/tmp")
    with pytest.raises(SystemExit) as caught:
        main(["keys", "list"])
    assert caught.value.code == 2
    assert "PARCEL_SCREENING_HOEM" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m cli settings | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_settings_name_every_variable_whole_and_hide_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCEL_SCREENING_DATABASE_URL", "postgresql://screening:s3cret@db/screening")
    for arguments in (["settings"], ["settings", "--json"]):
        shown = CliRunner().invoke(root, arguments).output
        assert all(name in shown for name, _, _ in describe())
        assert "s3cret" not in shown


@pytest.mark.parametrize("text", ["{", '{"item_id": "X"}'])
def test_screen_names_the_file_it_cannot_use(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARCEL_SCREENING_HOME", str(tmp_path))
    (tmp_path / "parcel.json").write_text(text)
    with pytest.raises(SystemExit) as caught:
        main(["screen", str(tmp_path / "parcel.json")])
    assert caught.value.code == 3
    assert str(tmp_path / "parcel.json") in capsys.readouterr().err


def test_screen_does_not_go_on_without_a_history_it_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARCEL_SCREENING_HOME", str(tmp_path))
    (tmp_path / "store.sqlite3").write_bytes(b"")
    with pytest.raises(SystemExit) as caught:
        main(["screen", str(SAMPLES[0].manifest_path)])
    assert caught.value.code == 1
    assert "db upgrade" in capsys.readouterr().err
