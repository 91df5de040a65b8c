"""A kept answer is given only for the log, the code and the bytes that it was kept for."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldfish.api import Actor, Goldfish
from goldfish.queries import kept
from goldfish.queries.kept import KeptAnswers
from goldfish.queries.status import Status


@pytest.fixture
def goldfish(tmp_path: Path) -> Goldfish:
    return Goldfish.found(tmp_path / "project", Actor(kind="human", name="tester"), goal="to see what is kept")


def test_a_status_is_kept_with_every_change_and_is_what_would_be_computed(goldfish: Goldfish) -> None:
    goldfish.create_workspace("w")
    found = goldfish.services.kept_status()
    assert found is not None
    assert found == goldfish.status(as_of=found.as_of)
    assert found == goldfish.status()


def test_a_status_of_an_older_log_is_not_given(goldfish: Goldfish) -> None:
    goldfish.application.execute(lambda s: goldfish.put(s, s.project(), lambda p: p.set_goal("new")), request="goal")
    assert goldfish.services.kept_status() is None
    assert goldfish.status().goal == "new"
    assert goldfish.services.kept_status() is not None


@pytest.mark.parametrize("damage", [b"", b"no newline", b"0" * 64 + b'\n{"goal":"forged"}', b"\xff\n{}"])
def test_a_damaged_or_forged_file_is_ignored(goldfish: Goldfish, damage: bytes) -> None:
    path = goldfish.layout.projections / "status.kept"
    assert path.is_file()
    path.write_bytes(damage)
    assert goldfish.services.kept_status() is None
    assert goldfish.status().goal == "to see what is kept"


def test_a_flipped_byte_is_noticed(goldfish: Goldfish) -> None:
    path = goldfish.layout.projections / "status.kept"
    path.write_bytes(path.read_bytes().replace(b"to see", b"to sea"))
    assert goldfish.services.kept_status() is None


def test_other_code_computes_anew(goldfish: Goldfish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_code", lambda: [("status.py", 1, 1)])
    assert goldfish.services.kept_status() is None


def test_an_answer_to_another_question_is_not_given(tmp_path: Path, goldfish: Goldfish) -> None:
    answers = KeptAnswers(tmp_path)
    answers.keep("one", "log", goldfish.status())
    (tmp_path / "one.kept").rename(tmp_path / "two.kept")
    assert answers.find("two", "log", Status) is None
