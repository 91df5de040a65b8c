from __future__ import annotations

import pytest
from rich.console import Console

from goldfish.adapters.cli.views import light
from goldfish.adapters.cli.views.terminal import cut, put, row, table

WHY = "the learning rate was far too large for this model, as the run before had shown"


def lines(width: int, why: str = WHY) -> list[str]:
    made = table(
        *("run", "outcome", "requested", "took", "why"), right=["took"], yielding=["why"], least=["requested", "took"]
    )
    row(made, "run-1234", "succeeded", "2026-11-22 10:00:00Z", "1 h 12 min", why)
    console = Console(width=width, markup=False)
    with console.capture() as printed:
        console.print(made)
    return [line.rstrip() for line in printed.get().splitlines()]


def test_with_room_enough_everything_stands_in_one_line() -> None:
    assert lines(200)[0].split() == ["run", "outcome", "requested", "took", "why"]
    assert lines(200)[2].split("   ")[-1] == WHY


@pytest.mark.parametrize(("width", "names"), [(83, "run outcome requested took why"), (82, "run outcome took why")])
def test_the_least_columns_are_left_out_before_text_gets_less_than_24_columns(width: int, names: str) -> None:
    assert lines(width)[0].split() == names.split()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100])
def test_no_line_is_longer_than_the_terminal_and_nothing_is_cut(width: int) -> None:
    shown = lines(width)
    assert max(map(len, shown)) <= width
    assert sum(map(len, "".join(shown[2:]).split())) >= len(WHY.replace(" ", "") + "run-1234succeeded")


def test_columns_of_the_same_name_keep_their_cells() -> None:
    made = table("name", "run-1", "run-1")
    row(made, "lr", cut("left"), cut("right"))
    console = Console(width=60)
    with console.capture() as printed:
        console.print(made)
    assert printed.get().splitlines()[-1].split() == ["lr", "left", "right"]


def test_for_programs_the_rule_is_no_longer_than_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    made = table("run", "why")
    row(made, "run-1", "w" * 500)
    put(made)
    assert capsys.readouterr().out.splitlines() == ["run     why", "───────────", "run-1   " + "w" * 500]


def test_where_the_last_cell_has_no_room_it_gets_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [["run-1", "failed", "loss 0.25, accuracy 0.5", WHY], ["run-2", "failed", "", "short"]]
    monkeypatch.setattr(light, "_terminal_width", lambda: 60)
    light.columns(rows)
    assert capsys.readouterr().out.splitlines() == [
        "  run-1  failed  loss 0.25, accuracy 0.5",
        "    the learning rate was far too large for this model, as …",
        "  run-2  failed                           short",
    ]
