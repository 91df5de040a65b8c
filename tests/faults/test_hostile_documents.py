"""Pipelines and arrays that want to be believed are refused by name before anything is built of them (F54, F55)."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from goldfish.api import Goldfish
from goldfish.errors import BadConfig, BadDocument, BadPipeline, UnreadableFile
from tests.scenarios.conftest import Lab

FINE = "stages: [{name: train}]\n"
WHY = "a reason that is long enough"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
)
DOCUMENTS = {
    "aliases": BOMB,
    "a megabyte of aliases": BOMB + "z: [" + "*a, " * 250_000 + "]\n",
    "deep brackets": "a: " + "[" * 100_000,
    "deep braces": "a: " + "{a: " * 100_000,
    "deep indents": "".join(" " * n + "a:\n" for n in range(1_000)),
    "a program": "stages: !!python/object/apply:os.system ['touch here']\n",
    "a new object": "stages: !!python/object/new:os.system [id]\n",
    "written twice": "stages: []\nstages: [{name: train}]\n",
    "merge loop": "a: &a\n  <<: *a\n",
    "merged": "a: &a {name: train}\nstages: [{<<: *a}]\n",
    "a long scalar": f"stages: {'x' * 10_000_000}\n",
    "a long key": f"? {'x' * 2_000}\n: 1\nstages: [{{name: train}}]\n",
    "two documents": "--- 1\n--- 2\n",
    "no text": "\x00\x01",
    "half a character": "stages: \ud800",
}


def asks() -> list[Callable[[Goldfish], object]]:
    """Everything that reads a pipeline."""
    return [
        lambda g: g.run("w", reason=WHY),
        lambda g: g.plan("w"),
        lambda g: g.pipeline("w"),
        lambda g: g.contracts("w"),
        lambda g: g.adopt_contracts("w"),
    ]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_pipeline_that_is_a_trap_is_refused_by_whatever_reads_it(lab: Lab, kind: str) -> None:
    text = DOCUMENTS[kind].encode("utf-8", "surrogatepass")
    for file in ("pipeline.yaml", "configs/train.yaml"):
        lab.write(pipeline=FINE, train="pass\n")
        (lab.place / "configs").mkdir(exist_ok=True)
        (lab.place / file).write_bytes(text)
        before = lab.goldfish.application.journal.head()
        is_config = file.startswith("configs")
        if is_config and kind == "a long key":
            continue  # a configuration may have any key
        for ask in asks()[: 2 if is_config else None]:
            with pytest.raises((BadDocument, BadPipeline, BadConfig)) as caught:
                ask(lab.goldfish)
            assert len(caught.value.message) < 2_000
        assert all(check.problems for check in lab.goldfish.check_pipelines("w").checked)
        assert lab.goldfish.application.journal.head() == before
    assert not list(lab.root.rglob("here"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("010", 10), ("0o10", 8), ("no", "no"), ("on", "on"), ("1_000", "1_000"), ("12:30:00", "12:30:00"),
        ("1e3", 1000.0), ("2020-01-01", "2020-01-01"), ("=", "="), ("~", None), (".5", 0.5),
    ],
)  # fmt: skip
def test_what_other_readers_of_yaml_make_something_else_of_is_recorded_as_it_is_meant(
    lab: Lab, written: str, meant: object
) -> None:
    lab.write(pipeline=FINE, train="pass\n")
    lab.config("train", f"value: {written}\n")
    value = lab.goldfish.plan("w").stages[0].config["value"].value
    assert value == meant
    assert type(value) is type(meant)


class Trap:
    """Leaves a file where it was unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, ("unpickled", "w")


def _npy(value: object) -> bytes:
    data = io.BytesIO()
    np.save(data, value, allow_pickle=True)  # type: ignore[arg-type]  # that is the point
    return data.getvalue()


def _archive(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(f"{name}.npy", member)
    return data.getvalue()


LYING = _npy(np.zeros(3)).replace(b"(3,)", b"(9,)")
ARRAYS = {
    "pickled.npy": _npy(np.array([Trap()], dtype=object)),
    "pickle-as.npy": pickle.dumps(Trap()),
    "lying.npy": LYING,
    "huge.npy": _npy(np.zeros(3)).replace(b"(3,), }          ", b"(9999999999999,), }"[:18].ljust(18)),
    "pickled.npz": _archive(a=_npy(np.array([Trap()], dtype=object))),
    "bomb.npz": _archive(a=_npy(np.zeros(1 << 24))),
    "lying.npz": _archive(a=LYING),
}
NEVER = {"pickled.npy", "pickle-as.npy", "lying.npy", "pickled.npz", "lying.npz"}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_that_lies_is_kept_as_plain_bytes_or_refused_and_never_unpickled(
    lab: Lab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lab.root)
    path = lab.root / name
    path.write_bytes(ARRAYS[name])
    with suppress(UnreadableFile):
        lab.goldfish.probe_source(path)
        lab.goldfish.add_source("array", path)
    assert lab.goldfish.add_source("opaque", path, kind="file").size == len(ARRAYS[name])
    assert not (lab.root / "unpickled").exists()


def test_an_output_that_lies_fails_its_stage_and_is_never_unpickled(lab: Lab) -> None:
    names = sorted(NEVER)
    for number, name in enumerate(names):
        (lab.place / f"{number}.bytes").write_bytes(ARRAYS[name])
    stages = "".join(
        f"  - {{name: s{n}, module: modules/train.py, defaults: {{number: {n}}}, outputs: {{x: {name[-3:]}}}}}\n"
        for n, name in enumerate(names)
    )
    lab.write(
        pipeline=f"stages:\n{stages}",
        train="""
            import shutil
            from goldfish.io import get_config, output_path
            shutil.copy(f"{get_config()['number']}.bytes", output_path("x"))
        """,
    )
    for number in range(len(names)):  # one by one: nothing is started after a failure
        ended = lab.run(f"s{number}")
        assert ended.outcome == "failed"
        assert "the output x was refused" in (ended.cause or "")
    assert not list(Path(lab.root).rglob("unpickled"))
