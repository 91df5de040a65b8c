"""Files that break while they are imported end in a refusal that names them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from goldfish.adapters.imports import open_history
from goldfish.domain.imported import Format
from goldfish.errors import CannotImport

BROKEN = Path("/proc/self/mem")  # a regular file whose first page cannot be read, as on a broken disk


@pytest.mark.skipif(not BROKEN.exists(), reason="there is no such file here")
@pytest.mark.parametrize("kind", ["experiments", "incident", "results", "mlflow"])
def test_a_file_that_cannot_be_read_is_refused(kind: Format) -> None:
    with pytest.raises(CannotImport) as refused:
        open_history(kind, BROKEN)
    assert str(BROKEN) in refused.value.message


@pytest.mark.skipif(not BROKEN.exists(), reason="there is no such file here")
def test_baselines_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("")
    with pytest.raises(CannotImport, match="mem"):
        open_history("experiments", tmp_path / "rows.jsonl", baselines=BROKEN)


@pytest.mark.parametrize("kind", get_args(Format))
@pytest.mark.parametrize("name", ["a" * 5_000, "a\0b", "nothing"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, kind: Format, name: str) -> None:
    with pytest.raises(CannotImport):
        open_history(kind, tmp_path / name)
