"""Procedures, lists and mappings that want to hurt: refused with their place, without an object built or time lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_seeds import SMALL

from features.errors import InputError
from sop.findings import MOST_GUESSES
from sop.reading import country_names, suggest
from sop.reading.packages import examine_package
from training.mapping import load_mapping

LIST = "list: origins\nkind: country\nsource: A\nissued: 2026-11-01\nentries:\n"
SE = "  - {{code: SE, from: {0:04d}-01-01, until: {0:04d}-12-31}}\n"
LAUGHS = "\n".join(f"l{n}: &l{n} [{','.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12))
HOSTILE = {
    "a billion laughs": (LAUGHS, "yaml_alias"),
    "20,000 brackets": ("[" * 20_000, "yaml_depth"),
    "500 levels": ("\n".join(" " * n + "a:" for n in range(500)), "yaml_depth"),
    "a text of 200,000 characters": (SMALL.replace("example", "x" * 200_000), "text_form"),
    "an object of Python": (SMALL.replace("example", "!!python/object/apply:os.abort []"), "yaml_tag"),
    "a binary": (SMALL.replace("example", "!!binary aGVsbG8="), "yaml_tag"),
    "a merge": (SMALL + "<<: {owner: x}\n", "yaml_merge"),
    "a tag of 3,000 characters": (SMALL.replace("example", f"!!{'x' * 3_000} a"), "yaml_tag"),
    "an anchor of 3,000 characters": (SMALL.replace("example", f"&{'x' * 3_000} a"), "yaml_anchor"),
    "a name of 1,000 characters twice": (SMALL + f"{'x' * 1_000}: 1\n" * 2, "key_duplicate"),
    "NUL": (SMALL + "\0", "yaml_syntax"),
    "a second document": (SMALL + "---\nsop: b\n", "yaml_documents"),
    "a text turned round": (SMALL.replace("Part seen", "Part \u202e seen"), "text_form"),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_procedure_is_refused(text: str, code: str) -> None:
    examined = examine_package({"policy.yaml": text.encode()})
    assert examined.package is None
    assert code in {one.code for one in examined.errors}
    assert all(len(one.message) < 1_000 for one in examined.findings)


def test_one_code_many_times_in_a_list_is_read_in_one_pass() -> None:
    # Compared with all before it, each of 50,000 entries took minutes.
    years = "".join(SE.format(1000 + number) for number in range(300))
    files = {"policy.yaml": SMALL.encode(), "lists/origins.yaml": (LIST + years).encode()}
    assert not examine_package(files).errors
    twice = examine_package({**files, "lists/origins.yaml": (LIST + years + SE.format(1026)).encode()})
    assert [(one.code, one.line) for one in twice.errors] == [("value_repeated", 306)]


MANY = 2_000
WRONG_NAMES = {
    "names": {"policy.yaml": SMALL + "".join(f"titel{n}: a\n" for n in range(MANY))},
    "countries": {"lists/origins.yaml": LIST + "".join(f"  - Swedeen{n}\n" for n in range(MANY))},
    "rules": {
        "overrides/a.yaml": "extends: ../policy.yaml\nremove:\n" + "".join(f"  - XR-01{n}\n" for n in range(MANY))
    },
}


@pytest.mark.parametrize("files", WRONG_NAMES.values(), ids=WRONG_NAMES)
def test_what_was_meant_is_looked_for_a_bounded_number_of_times(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each look compares with every known name: 60,000 wrong ones took minutes.
    looked: list[str] = []
    for module in (suggest, country_names):
        monkeypatch.setattr(module, "get_close_matches", lambda word, *_, **__: looked.append(word) or [])
    whole = {"policy.yaml": SMALL, **files}
    examined = examine_package({path: text.encode() for path, text in whole.items()})
    assert len(examined.errors) >= MANY
    assert 10 < len(looked) <= 2 * MOST_GUESSES


MAPPINGS = {
    "a billion laughs": LAUGHS,
    "an object of Python": "a: !!python/object/apply:os.abort []\n",
    "a name twice": "id: a\nid: b\n",
    "500 brackets": "[" * 500,
    "a list as a name": "? [a]\n: b\n",
    "the 30th of February": "id: 2026-02-30\n",
    "a number that is none": "id: !!int x\n",
    "NUL": "\0",
    "bytes that are not UTF-8": "\xff",
    "2 MB": "#" * 2_000_000,
}


@pytest.mark.parametrize("text", MAPPINGS.values(), ids=MAPPINGS)
def test_a_hostile_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InputError):
        load_mapping(path)
