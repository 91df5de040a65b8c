"""A run that was nearly tried, in a real project."""

from __future__ import annotations

from goldfish.api.nearly import nearly
from goldfish.domain.names import Stream
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, Reason
from goldfish.queries.nearby import Departure, NearRun
from tests.scenarios.conftest import Lab


def near(lab: Lab, tree: str | None = None, packages: str | None = None, **settings: float) -> list[NearRun]:
    """What is near to run-1 with other settings, on another tree."""
    plan = lab.goldfish.services.journal.load(Stream("run-1"))[0].event
    assert isinstance(plan, Run.Requested)
    train = plan.stages[-1].model_copy(update={"config": {**plan.stages[-1].config, **settings}})
    environment: Environment = plan.environment.model_copy(update={"packages": packages or plan.environment.packages})
    return nearly(
        lab.goldfish.services,
        stages=[*plan.stages[:-1], train],
        tree=tree or plan.tree,
        seed=plan.seed,
        environment=environment,
        reason=Reason(description="a smaller step from the lookahead optimizer"),
    )


def test_what_differs_is_told_with_the_files_and_the_packages(lab: Lab) -> None:
    lab.one_stage("raise RuntimeError('always')\n")
    lab.config("train", "lr: 0.1\n")
    lab.run(reason="the lookahead optimizer takes a larger step")
    lab.write(train="pass\n")
    tree = lab.goldfish.sync("w").tree
    fewer = lab.goldfish.services.artifacts.put_bytes(b'{"only":"1.0"}').digest
    [found] = near(lab, tree, fewer, lr=0.05)
    assert (found.run, found.outcome, found.tested) == ("run-1", "failed", False)
    assert found.differs[0] == Departure(aspect="setting", stage="train", name="lr", before=0.1, after=0.05)
    assert found.differs[1].paths == ["modules/train.py"]
    assert Departure(aspect="environment", name="package only", after="1.0", only="after") in found.differs


def test_code_and_packages_that_are_gone_differ_all_the_same(lab: Lab) -> None:
    lab.one_stage("pass\n")
    lab.run(reason="the lookahead optimizer takes a larger step")
    [found] = near(lab, tree="0" * 40, packages="sha256:" + "0" * 64)
    assert [one.aspect for one in found.differs][:1] == ["code"]
    assert found.differs[0].paths == []
    assert any(one.name == "package list" for one in found.differs)
