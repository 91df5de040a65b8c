"""What holds of the read models whatever happened."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldfish.domain.projects import Project
from goldfish.projections.models import MODELS
from goldfish.projections.projector import Projector, View
from tests.fakes.event_log import EPOCH, InMemoryEventLog, StutteringEventLog
from tests.histories import History, histories

LAW = settings(
    max_examples=max(5, settings().max_examples // 8), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def everything(view: View) -> dict[str, list[dict[str, Any]]]:
    """All rows of all models, in an order of their own."""
    return {name: sorted(view.rows(f"SELECT * FROM {name}"), key=repr) for name in ["events", *MODELS]}


def grown(history: History, cuts: list[int], cache: Path | None, publish_after: int = 5) -> Projector:
    """A projector that saw the log grow, and was asked in between."""
    log = InMemoryEventLog()
    projector = Projector(log, cache, publish_after=publish_after)
    for cut in sorted({*cuts, history.log.head()}):
        log.stored[:] = history.log.stored[:cut]
        everything(projector.at())
    return projector


CUTS = st.lists(st.integers(0, 60), max_size=4)


@LAW
@given(histories(), CUTS)
def test_what_grew_with_the_log_equals_what_is_computed_from_all_of_it(history: History, cuts: list[int]) -> None:
    fresh = everything(Projector(history.log).at())
    assert everything(grown(history, cuts, None).at()) == fresh
    with TemporaryDirectory() as cache:
        projector = grown(history, cuts, Path(cache))
        assert everything(projector.at()) == fresh
        assert projector.check().is_sound


@LAW
@given(histories(), CUTS, st.data())
def test_the_past_reads_as_if_the_log_had_ended_there(history: History, cuts: list[int], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, history.log.head()))
    expected = everything(Projector(history.log.until(position)).at())
    assert everything(Projector(history.log).at(position)) == expected
    with TemporaryDirectory() as cache:
        assert everything(grown(history, cuts, Path(cache)).at(position)) == expected


@LAW
@given(histories(), CUTS, st.integers(-40, 80))
def test_what_was_known_at_a_time_is_our_own_past_and_what_had_happened_elsewhere(
    history: History, cuts: list[int], minutes: int
) -> None:
    time = EPOCH + timedelta(minutes=minutes)
    view = Projector(history.log).at(time)
    known = [row for row in history.log.stored if known_at(row) <= time]
    assert [row["position"] for row in view.rows("SELECT position FROM events ORDER BY position")] == [
        row[0] for row in known
    ]
    assert view.position == max((row[0] for row in known), default=0)
    with TemporaryDirectory() as cache:
        assert everything(grown(history, cuts, Path(cache)).at(time)) == everything(view)


def known_at(row: tuple[int, str, int, str, str]) -> datetime:
    """When an event was known: where it was imported from, or else here."""
    record = json.loads(row[4])
    return datetime.fromisoformat(record["data"].get("happened") or record["at"])


@LAW
@given(histories(), CUTS)
def test_rows_delivered_twice_change_nothing(history: History, cuts: list[int]) -> None:
    log = StutteringEventLog(history.log.stored)
    assert everything(Projector(log).at()) == everything(Projector(history.log).at())


@LAW
@given(histories(), st.integers(0, 2**32), st.sampled_from(["deleted", "emptied", "flipped", "cut", "foreign", "text"]))
def test_a_damaged_base_changes_no_answer(history: History, seed: int, damage: str) -> None:
    expected = everything(Projector(history.log).at())
    with TemporaryDirectory() as name:
        cache = Path(name)
        Projector(history.log, cache, publish_after=1).at()
        for base in cache.glob("base-*"):
            harm(base, damage, random.Random(seed))
        assert everything(Projector(history.log, cache, publish_after=1).at()) == expected


def harm(base: Path, damage: str, chance: random.Random) -> None:
    data = bytearray(base.read_bytes())
    base.unlink()
    if damage == "flipped":
        for _ in range(3):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif damage == "cut":
        del data[chance.randrange(len(data)) :]
    elif damage == "emptied":
        data.clear()
    elif damage == "text":
        data[:] = b"this is no database"
    elif damage == "foreign":
        Projector(foreign_log(int(base.stem.rpartition("-")[2])), base.parent, publish_after=0).at()
        return
    if damage != "deleted":
        base.write_bytes(bytes(data))


def foreign_log(length: int) -> InMemoryEventLog:
    """Another project with as many events."""
    log = InMemoryEventLog()
    log.append("project", *[Project.ThoughtLogged(text=f"foreign {n}") for n in range(length)])
    return log


def test_a_model_reads_only_models_that_are_listed_before_it_and_have_rows_for_its_keys() -> None:
    names = list(MODELS)
    for model in MODELS.values():
        for name in model.reads:
            assert names.index(name) < names.index(model.name)
            assert any(key.startswith(MODELS[name].keys) for key in model.keys)
