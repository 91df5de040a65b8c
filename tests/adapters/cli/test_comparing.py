"""Groups, comparisons of many, and pictures, from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from goldfish.adapters.cli.picture import draw
from goldfish.adapters.cli.views.compare import comparison
from goldfish.domain.lines import Line
from goldfish.errors import CannotWritePicture
from goldfish.queries.compare import compare
from goldfish.queries.curves import Chart, Curves, Drawn
from tests.adapters.cli.conftest import Call
from tests.queries.repeated import Story
from tests.queries.stories import now
from tests.scenarios.conftest import Lab

PIPELINE = """
    stages:
      - {name: train, results: {metric: score, direction: maximize, split: test}}
"""
TRAIN = """
    from goldfish.io import get_config
    from goldfish.metrics import log_metric
    def main():
        config = get_config()
        for step in range(5):
            log_metric("score", config["width"] + config["seed"] / 100 + step, step=step)
"""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two groups of three seeds each."""
    root = tmp_path_factory.mktemp("seeded") / "lab"
    lab = Lab(root)
    lab.write(pipeline=PIPELINE, train=TRAIN)
    lab.config("train", "width: 1\nseed: 1\n")
    for width in (1, 2):
        for seed in (1, 2, 3):
            ended = lab.run(settings=[f"seed={seed}", f"width={width}"], group=f"width-{width}")
            assert ended.outcome == "succeeded", ended
    lab.kill_conductor()
    return root


@pytest.fixture
def inside(seeded: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project is where one is, whatever else `call` does."""
    monkeypatch.chdir(seeded)
    return seeded


@pytest.mark.usefixtures("inside")
def test_groups_are_listed_and_compared(call: Call) -> None:
    listed = call("groups").out
    assert "width-1" in listed
    assert "train.score 5.02 ± 0.01 (3)" in listed
    assert [line["group"] for line in call("groups", "--json").json["groups"]] == ["width-2", "width-1"]
    compared = call("compare", "width-1", "group:width-2")
    assert compared.code == 0
    assert "better by 1 (95 % interval" in compared.out
    assert "established" in compared.out
    found = call("compare", "width-1", "width-2", "--json").json["metrics"][0]
    assert found["versus"][0]["contrast"]["standing"] == "established"
    assert call("compare", "width-1", "width-2", "--no-metrics", "--json").json["metrics"] == []


def test_the_curves_are_drawn_into_a_file(inside: Path, tmp_path: Path, call: Call) -> None:
    for name, begins in (("curves.png", b"\x89PNG"), ("curves.svg", b"<?xml"), ("curves.pdf", b"%PDF")):
        done = call("compare", "width-1", "run-4", "--plot", str(tmp_path / name), "--metric", "score")
        assert (done.code, f"Drawn in {tmp_path / name}: train.score." in done.out) == (0, True)
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curves.pdf", "curves.png", "curves.svg"]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("given", "error"),
    [
        (("run-1",), "NothingToCompareWith"),
        (("run-1", "group:width"), "UnknownGroup"),
        (("run-1", "w"), "CannotCompare"),
        (("run-1", "run-2", "--plot", "curves.txt"), "CannotWritePicture"),
        (("run-1", "run-2", "--plot", "absent/curves.png"), "CannotWritePicture"),
        (("run-1", "run-2", "--plot", "curves.png", "--metric", "loss"), "NothingToDraw"),
        (("run-1", "run-2", "--as-of", "2020-01-01"), "MomentTooEarly"),
    ],
)
def test_what_cannot_be_compared_or_drawn_is_refused(given: tuple[str, ...], error: str, call: Call) -> None:
    refused = call("compare", *given, "--json")
    assert refused.code == 2
    assert refused.json["error"] == error


@pytest.mark.usefixtures("inside")
def test_without_matplotlib_one_is_told_how_to_install_it(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    refused = call("compare", "run-1", "run-2", "--plot", str(tmp_path / "curves.png"), "--json")
    assert refused.json["error"] == "ExtraMissing"
    assert "goldfish-ledger[plot]" in refused.json["next"]


def test_hostile_names_in_a_picture_are_only_text(tmp_path: Path) -> None:
    line = Line(steps=[0, 1], values=[1.0, 200.0], sd=[0.5, None], runs=2)
    drawn = [Drawn(label=name, line=line) for name in ("_hidden", "$\\frac{", "\x1b[2J\u202e", "n" * 500)]
    chart = Chart(stage="train", metric="$\\undefined", lines=drawn, logarithmic=True)
    draw(Curves(as_of=1, charts=[chart], left_out=[]), tmp_path / "hostile.svg")
    text = (tmp_path / "hostile.svg").read_text()
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_picture_replaces_no_directory(tmp_path: Path) -> None:
    (tmp_path / "there.png").mkdir()
    line = Line(steps=[0], values=[1.0], sd=[None], runs=1)
    charts = [Chart(stage="", metric="loss", lines=[Drawn(label="a", line=line)], logarithmic=False)]
    with pytest.raises(CannotWritePicture):
        draw(Curves(as_of=1, charts=charts, left_out=[]), tmp_path / "there.png")
    assert [path.name for path in tmp_path.iterdir()] == ["there.png"]


def test_many_sides_have_a_row_each(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story()
    for number in range(8):
        story.run(0.9 + number / 1000, seed=1, width=number)
    comparison(compare(now(story.log), [f"run-{number}" for number in range(1, 9)]))
    out = capsys.readouterr().out
    assert "run-8" in out
    assert "train.accuracy (test)" in out
    assert max(len(text) for text in out.splitlines() if text.startswith("run-")) < 80
