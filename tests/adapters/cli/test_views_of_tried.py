"""Earlier runs of exactly this, or nearly this, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from goldfish.adapters.cli.views.said import requested
from goldfish.api.answers import RunAnswer, Tried, TriedMetric
from goldfish.domain.values import Outcome
from goldfish.queries.nearby import Departure, NearRun

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LR = Departure(aspect="setting", stage="train", name="lr", before=0.1, after=0.3)


def near(
    *differs: Departure, outcome: Outcome | None = "failed", tested: bool = True, state: str = "finished"
) -> NearRun:
    return NearRun.model_validate(
        {
            "run": "run-12", "version": "b@v1", "likeness": 0.5, "state": state, "outcome": outcome,
            "cause": "the loss\x1b became NaN", "tested": tested, "description": "x", "requested_at": AT, "actor": "a",
            "differs": list(differs),
        }
    )  # fmt: skip


def said(capsys: pytest.CaptureFixture[str], **answer: object) -> list[str]:
    base = {"run": "run-13", "started": True, "version": "b@v2", "stages": ["train"], "fingerprint": "f"}
    requested(RunAnswer.model_validate({**base, **answer}))
    return capsys.readouterr().out.splitlines()


def test_a_near_run_is_told_with_what_differs_and_what_became_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, near=[near(LR)])
    assert "run-12 did nearly this: train.lr 0.1 → 0.3, otherwise equal; it failed: the loss\\x1b became NaN" in lines


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (near(LR, tested=False), "became NaN, so it tested nothing"),
        (near(LR, outcome="succeeded"), "otherwise equal; it succeeded"),
        (near(LR, outcome=None, state="open"), "it is under way"),
        (near(LR, outcome=None, state="parked"), "it is parked: the loss\\x1b became NaN"),
        (near(), "nothing differs; it failed"),
        (near(LR, LR, LR, LR, LR, LR), "0.3 and 2 more; it failed"),
        (near(Departure(aspect="stage", name="prepare", only="after")), "prepare added, otherwise equal"),
        (near(Departure(aspect="code", name="tree", before="1", after="2", paths=["a.py", "b.py"], more=3)),
         "code (a.py, b.py and 3 more)"),
        (near(Departure(aspect="code", name="tree", before="1", after="2")), "other code, otherwise equal"),
        (near(Departure(aspect="setting", stage="train", name="clip", after=1, only="after")), "train.clip unset → 1"),
        (near(Departure(aspect="input", stage="train", name="x", before={"ref": "d@r1", "digest": None},
                         after={"ref": "d@r2", "digest": None})), "input train.x d@r1 → d@r2"),
    ],
)  # fmt: skip
def test_every_kind_of_difference_and_end_has_words(
    capsys: pytest.CaptureFixture[str], one: NearRun, text: str
) -> None:
    assert text in "\n".join(said(capsys, near=[one]))


def test_an_earlier_run_of_exactly_this_is_told_with_its_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = [TriedMetric(stage="train", metric=f"m{n}", last=n / 4, min=0, max=1) for n in range(8)]
    tried = Tried(
        run="run-3", outcome="succeeded", cause=None, verdict="miss", metrics=metrics, left_out=5,
        requested_at=AT, actor="agent:coder", reason="to beat 0.95",
    )  # fmt: skip
    assert said(capsys, started=False, tried=tried)[1:] == [
        "asked for at 2026-01-02 03:04:05Z by agent:coder: to beat 0.95",
        "verdict: miss",
        "metrics: m0 0, m1 0.25, m2 0.5, m3 0.75, m4 1, m5 1.25 and 7 more: goldfish show run-3",
    ]
