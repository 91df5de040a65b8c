"""Stores of MLflow: a SQLite file, or a directory of files."""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.imports import open_history
from goldfish.adapters.imports.mlflow_runs import written
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart
from tests.adapters.imports import mlflow_stores as store
from tests.adapters.imports.given import experiments, parts, refused

BEGIN = datetime.fromtimestamp(store.BEGIN / 1000, UTC)
TAGS = {
    "mlflow.runName": "wider",
    "mlflow.note.content": "A first look.",
    "mlflow.user": "ben",
    "mlflow.source.git.commit": "0123456789abcdef0123456789abcdef01234567",
    "mlflow.parentRunId": "parent",
    "team": "vision",
}


def in_database(tmp_path: Path) -> Path:
    """A parent that ends after what was run within it; that one has a bit of everything."""
    return store.database(
        tmp_path / "mlflow.db",
        store.run("child", minute=1),
        store.run("parent", "FAILED", minute=2),
        *[store.tag("child", name, value) for name, value in TAGS.items()],
        store.param("child", "lr", "0.001"),
        store.param("child", "seed", "7"),
        store.param("child", "deep", "True"),
        *[store.point("child", "loss", 1 / step, step) for step in (1, 2)],
        store.point("child", "loss", 0.0, 3, nan=True),
        store.point("child", "val/acc", 0.5, 9),
        ("INSERT INTO inputs VALUES ('DATASET', 'd', 'RUN', 'child')", ()),
        ("INSERT INTO datasets VALUES ('d', 'train', 'c42e9dfe')", ()),
    )


def in_files(tmp_path: Path) -> Path:
    """The same as files."""
    root = store.files(
        tmp_path / "mlruns",
        child={
            **{f"tags/{name}": value for name, value in TAGS.items()},
            "params/lr": "0.001",
            "params/seed": "7",
            "params/deep": "True",
            "metrics/loss": f"{store.BEGIN + 1000} 1.0 1\n{store.BEGIN + 1000} 0.5 2\n{store.BEGIN + 1000} nan 3\n",
            "metrics/val/acc": f"{store.BEGIN + 1000} 0.5 9\n",
            "inputs/i/meta.yaml": "source_id: d\nsource_type: DATASET\n",
        },
        parent={"status": "4"},
    )
    (root / "7" / "datasets" / "d").mkdir(parents=True)
    (root / "7" / "datasets" / "d" / "meta.yaml").write_text("name: train\ndigest: c42e9dfe\n")
    return root


@pytest.mark.parametrize("make", [in_database, in_files])
def test_all_that_mlflow_says_of_a_run_is_told_a_parent_first(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path)
    found = parts("mlflow", path)
    parent, child = experiments(found)
    assert (parent.id, parent.outcome, parent.happened) == ("parent", "failed", BEGIN + timedelta(minutes=2))
    assert (child.id, child.group, child.outcome, child.by) == ("child", "digits", "succeeded", "ben")
    assert (child.began, child.happened, child.seconds) == (BEGIN, BEGIN + timedelta(minutes=1), 60.0)
    assert (child.reason.description, child.note, child.parents) == ("wider", "A first look.", ["parent"])
    assert (child.config, child.seed) == ({"lr": 0.001, "seed": 7, "deep": True}, 7)
    assert child.code is not None
    assert child.code.hash == TAGS["mlflow.source.git.commit"]
    assert [(one.name, one.digest) for one in child.inputs] == [("train", "c42e9dfe")]
    assert child.labels["team"] == "vision"
    assert (child.metric, child.direction) == (None, None)
    curve = found[1]
    assert isinstance(curve, ForeignPart)
    assert curve.points is not None
    points = list(curve.points())
    assert [(one.metric, one.step) for one in points] == [("loss", 1), ("loss", 2), ("loss", 3), ("val/acc", 9)]
    assert math.isnan(points[2].value)
    assert points[0].at == store.BEGIN / 1000 + 1


def test_a_metric_of_one_point_is_in_the_record_itself(tmp_path: Path) -> None:
    path = store.database(
        tmp_path / "mlflow.db", store.run("a"), store.point("a", "x", 2.0, 9), store.point("a", "y", 0.0, 1, nan=True)
    )
    (part,) = parts("mlflow", path)
    assert isinstance(part, ForeignPart)
    assert part.points is None
    metrics = experiments([part])[0].metrics
    assert (metrics["x"].last, metrics["x"].last_step, metrics["x"].count) == (2.0, 9, 1)
    assert (metrics["y"].last, metrics["y"].non_finite) == (None, 1)


def test_infinity_is_what_mlflow_writes_as_the_largest_number(tmp_path: Path) -> None:
    largest = sys.float_info.max
    path = store.database(
        tmp_path / "mlflow.db", store.run("a"), *[store.point("a", "x", value, 0) for value in (largest, -largest)]
    )
    (part,) = parts("mlflow", path)
    assert isinstance(part, ForeignPart)
    assert part.points is not None
    assert sorted(point.value for point in part.points()) == [-math.inf, math.inf]


@pytest.mark.parametrize("kind", ["database", "files"])
def test_what_was_deleted_or_goes_on_is_left_out_and_counted(tmp_path: Path, kind: str) -> None:
    if kind == "files":
        path = store.files(tmp_path / "s", a={}, b={"stage": "deleted"}, c={"status": "1"})
    else:
        gone = [store.run("b", stage="deleted"), store.run("c", "RUNNING"), store.run("d", experiment=2)]
        path = store.database(tmp_path / "s", store.run("a"), *gone)
    history = open_history("mlflow", path)
    assert history.count() == 1
    assert history.left_out == {"deleted": 1 if kind == "files" else 2, "still going on": 1}
    history.close()
    open_ = [said for said in experiments(parts("mlflow", path, unfinished=True)) if said.id == "c"]
    assert [(said.outcome, said.happened) for said in open_] == [(None, BEGIN)]


def test_experiments_that_were_deleted_as_files_are_counted(tmp_path: Path) -> None:
    root = store.files(tmp_path / "mlruns", a={})
    store.files(root / ".trash", b={})
    history = open_history("mlflow", root)
    assert (history.count(), history.left_out) == (1, {"deleted": 1})
    history.close()


def test_one_experiment_can_be_chosen_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    path = store.database(tmp_path / "mlflow.db", store.run("a"), store.run("b", experiment=3))
    assert [said.id for said in experiments(parts("mlflow", path, experiment="cats"))] == ["b"]
    with pytest.raises(CannotImport, match="no experiment 'dogs'; there are: cats, digits, gone"):
        open_history("mlflow", path, experiment="dogs")


def test_one_bad_run_does_not_stop_the_others(tmp_path: Path) -> None:
    path = store.database(
        tmp_path / "mlflow.db",
        store.run("a"),
        store.param("a", "name", "x\x00y"),
        store.run("b"),
        store.param("b", "blob", b"\x01"),
        store.run("c"),
        ("UPDATE runs SET start_time = NULL, end_time = NULL WHERE run_uuid = 'c'", ()),
        store.run("d"),
    )
    found = parts("mlflow", path)
    assert [said.id for said in experiments(found)] == ["d"]
    assert refused(found) == [
        ("run c", "it has neither a start nor an end"),
        ("run a", "name: it holds characters that are not text"),
        ("run b", "blob is no text"),
    ]


def test_points_that_cannot_be_used_are_counted_in_a_label(tmp_path: Path) -> None:
    odd = [store.point("a", "x", "many"), store.point("a", "n\x00", 1.0), store.point("a", "x", 1.0, "late")]
    path = store.database(tmp_path / "mlflow.db", store.run("a"), store.point("a", "x", 1.0), *odd)
    (said,) = experiments(parts("mlflow", path))
    assert said.labels["not taken over"] == {"points": 3}


def test_more_metrics_than_anybody_has_are_counted(tmp_path: Path) -> None:
    many = [store.point("a", f"m{number}", 1.0) for number in range(10_005)]
    (said,) = experiments(parts("mlflow", store.database(tmp_path / "mlflow.db", store.run("a"), *many)))
    assert said.labels["not taken over"] == {"metrics": 5}


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_store_is_refused_by_its_path(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mlflow.db"
    path.write_bytes(data)
    with pytest.raises(CannotImport, match=r"mlflow\.db cannot be imported: it is no store of MLflow"):
        open_history("mlflow", path)


def test_a_damaged_database_names_what_it_cannot_read(tmp_path: Path) -> None:
    points = [store.point("a", "x" * 200, float(step), step) for step in range(500)]
    path = store.database(tmp_path / "mlflow.db", store.run("a"), *points, store.run("b"))
    data = bytearray(path.read_bytes())
    page = data.rindex(b"x" * 200) // 4096 * 4096
    data[page : page + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    found = parts("mlflow", path)
    assert [said.id for said in experiments(found)] == ["b"]
    assert [where for where, why in refused(found) if "malformed" in why] == ["run a"]


def test_a_view_in_the_place_of_a_table_is_not_asked(tmp_path: Path) -> None:
    endless = "CREATE VIEW metrics AS WITH RECURSIVE n(key) AS (SELECT 1 UNION ALL SELECT key FROM n) SELECT * FROM n"
    path = store.database(tmp_path / "mlflow.db", ("DROP TABLE metrics", ()), (endless, ()))
    with pytest.raises(CannotImport, match="it has no table metrics"):
        open_history("mlflow", path)


def test_what_a_program_has_not_written_into_the_file_yet_is_not_passed_over(tmp_path: Path) -> None:
    path = store.database(tmp_path / "mlflow.db", store.run("a"))
    (tmp_path / "mlflow.db-wal").write_bytes(b"more")
    with pytest.raises(CannotImport, match=r"mlflow\.db-wal holds what was not written into it yet"):
        open_history("mlflow", path)


def test_nothing_is_written_beside_the_store(tmp_path: Path) -> None:
    path = store.database(tmp_path / "mlflow.db", store.run("a"))
    before = path.read_bytes()
    parts("mlflow", path)
    assert [one.name for one in tmp_path.iterdir()] == ["mlflow.db"]
    assert path.read_bytes() == before


def test_links_out_of_the_store_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("1 2 3\n")
    root = store.files(tmp_path / "mlruns", a={"metrics/x": "1 2 3\n"}, b={})
    (root / "7" / "a" / "metrics" / "y").symlink_to(tmp_path / "secret")
    (root / "7" / "a" / "params" / "z").symlink_to(tmp_path / "secret")
    (root / "7" / "b" / "meta.yaml").unlink()
    (root / "7" / "b" / "meta.yaml").symlink_to(root / "7" / "a" / "meta.yaml")
    (root / "8").symlink_to(root / "7")
    found = parts("mlflow", root)
    (said,) = experiments(found)
    assert (said.id, list(said.metrics), said.config, said.labels["not taken over"]) == ("a", ["x"], {}, {"links": 2})
    assert [where for where, _ in refused(found)] == ["7/b"]


@pytest.mark.parametrize(
    ("meta", "why"),
    [
        ("a: &a [x]\nb: [*a, *a]\n", "it uses aliases"),
        ("[" * 50, "it is nested more than 20 levels deep"),
        ("a: !!python/object/apply:os.system ['true']\n", "it is not YAML"),
        ("a: [\n", "it is not YAML"),
        ("- 1\n", "its meta.yaml is no mapping"),
        ("a: " + "x" * (1 << 20), "has more than 1048576 bytes"),
    ],
)
def test_hostile_yaml_is_refused_for_that_run_alone(tmp_path: Path, meta: str, why: str) -> None:
    root = store.files(tmp_path / "mlruns", a={}, b={})
    (root / "7" / "a" / "meta.yaml").write_text(meta)
    found = parts("mlflow", root)
    assert [said.id for said in experiments(found)] == ["b"]
    ((where, said_why),) = refused(found)
    assert where == "7/a"
    assert why in said_why


def test_a_directory_without_an_experiment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotImport, match="it holds no experiment of MLflow"):
        open_history("mlflow", tmp_path)


@given(st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text()))
def test_a_setting_is_the_value_whose_text_mlflow_kept(value: object) -> None:
    assert str(written(str(value))) == str(value)
