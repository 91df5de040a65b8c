"""Making read models anew, and proving that they are what the log says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from goldfish.projections import projector
from tests.adapters.cli.conftest import Call


def test_read_models_are_compared_with_the_log_table_by_table(project: Path, call: Call) -> None:
    said = call("rebuild", "--check", "--json")
    assert (said.code, said.json["same"], said.json["as_of"]) == (0, True, call("status", "--json").json["as_of"])
    tables = {table["name"]: table for table in said.json["tables"]}
    assert tables["workspaces"] == {"name": "workspaces", "rows": 1, "differences": 0, "first": None}
    assert tables["events"]["rows"] == said.json["as_of"]
    assert f"{len(tables)} tables as the log says" in call("rebuild", "--check").out


def test_a_table_that_is_not_as_the_log_says_is_named_and_mended(
    project: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "PUBLISH_AFTER", 1)
    assert call("history").code == 0
    (base,) = (project / ".goldfish" / "projections").glob("base-*.duckdb")
    forged = base.with_name("forged.duckdb")
    forged.write_bytes(base.read_bytes())
    with duckdb.connect(str(forged)) as hostile:
        hostile.execute("UPDATE workspaces SET goal = 'forged'")
    forged.replace(base)
    said = call("rebuild", "--check")
    assert said.code == 4
    assert "workspaces not as the log says" in said.out
    found = call("rebuild", "--check", "--json").json
    assert [table["name"] for table in found["tables"] if table["differences"]] == ["workspaces"]
    assert call("rebuild").code == 0
    assert call("rebuild", "--check").code == 0
