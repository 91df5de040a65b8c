"""What happens from Monday to Friday. Every step is a call that an agent or a person would make."""

from __future__ import annotations

from pathlib import Path

from goldfish.api import Goldfish
from goldfish.api.answers import RunProgress
from tests.scenarios.week import code

PATIENCE = 60.0


class Week:
    """The week, day by day, on a project that was just founded."""

    def __init__(self, goldfish: Goldfish, root: Path) -> None:
        self.goldfish = goldfish
        self.root = root

    def work(self) -> None:
        """The whole week."""
        for day in (self.monday, self.tuesday, self.wednesday, self.thursday, self.friday):
            day()

    def monday(self) -> None:
        """The question, the data, a first result."""
        g = self.goldfish
        g.set_goal("Tell points inside the circle from points outside, with 90 % of the test half right")
        g.add_invariant("The second half of the readings is for testing only")
        data = self.root / "readings.csv"
        data.write_text(code.readings())
        g.add_source("readings", data, description="200 points of the first campaign, labelled by hand")
        g.create_workspace("baseline", goal="A linear model, to have something to beat")
        g.mount("baseline", "w1")
        self.write("w1", pipeline=code.PIPELINE, prepare=code.PREPARE, train=code.TRAIN, evaluate=code.EVALUATE)
        g.log_hypothesis("A straight line cannot do it: the classes are nested", workspace="baseline")
        self.run("baseline", "A perceptron on the raw coordinates, as a baseline")
        g.finalize("run-1", comment="Hardly better than guessing, as expected")
        g.tag("first", "run-1")

    def tuesday(self) -> None:
        """A branch diverges; settings are tried; one of them blows up."""
        g = self.goldfish
        g.create_workspace("quadratic", goal="Squares and products as inputs", base="baseline")
        g.mount("quadratic", "w2")
        self.write("w2", train=code.QUADRATIC)
        g.save_version("quadratic", "squares and products as inputs")
        self.run("quadratic", "The same perceptron on quadratic inputs", hypothesis="The circle becomes a plane")
        self.run(
            "quadratic", "Ten times the learning rate, to see whether it is the bottleneck", settings=["train.lr=1.0"]
        )
        self.run("quadratic", "A hundred times, to find the limit of it", settings=["train.lr=10"])
        for run in ("run-2", "run-3"):
            g.finalize(run, comment="Accepted as logged")
        g.finalize("run-4", comment="The error became NaN: too large", learned="A learning rate of 10 is too large")

    def wednesday(self) -> None:
        """The same is asked again; seeds; an edit that was a mistake is taken back."""
        g = self.goldfish
        again = g.run("quadratic", reason="Does a learning rate of 10 really fail?", settings=["train.lr=10"])
        assert (again.started, again.run) == (False, "run-4")
        for seed in (2, 3):
            self.run("quadratic", "Another seed, for the noise", seed=seed, group="noise")
            g.finalize(f"run-{seed + 3}", comment="One of the seeds")
        g.resolve_hypothesis("hypothesis-1", "supported", "The line stays at chance", evidence="run-1")
        self.write("w2", evaluate="raise SystemExit('half an idea')\n")
        g.save_version("quadratic", "half an idea")
        rolled = g.rollback("quadratic", "v2")
        assert rolled.kept_as == "quadratic@v3"
        g.log_decision("We go on with quadratic inputs", because=["run-2", "hypothesis-1"], instead_of="baseline")

    def thursday(self) -> None:
        """Prepared features become data of their own; a named pipeline starts from them; a dead end."""
        g = self.goldfish
        g.promote("run-2/prepare.features", name="features", description="Scaled readings")
        (self.place("w2") / "pipelines").mkdir()
        (self.place("w2") / "pipelines" / "sweep.yaml").write_text(code.SWEEP)
        self.run("quadratic", "More epochs, from the prepared features", pipeline="sweep", settings=["epochs=60"])
        g.finalize("run-7", comment="The best so far", next_steps=["A smaller learning rate at the end"])
        g.tag("best", "run-7")
        g.create_workspace("guessing", base="baseline")
        g.mount("guessing", "w3")
        self.write("w3", evaluate=code.ANYTHING)
        self.run("guessing", "What does guessing give on this data?")
        g.log_thought("Guessing gives 0.5 by construction; that taught us nothing", about="run-8")

    def friday(self) -> None:
        """Judgements are corrected, and what is of no use is put away."""
        g = self.goldfish
        g.amend("run-3", verdict="partial", reason="The seeds show that the difference to run-2 is noise")
        g.finalize("run-8", verdict="miss", comment="It was no experiment")
        g.unmount("guessing")
        g.delete_workspace("guessing", "a dead end")
        g.prune("quadratic", "v3", reason="half an idea")
        g.unmount("baseline")
        g.prune("baseline", before="v2", reason="it was empty")
        g.undo()
        g.tag("paper", "quadratic@v4")

    # ── short ways ────────────────────────────────────────────────────────────────────────────────────────────────────

    def place(self, slot: str) -> Path:
        """The directory of a slot."""
        return self.root / "workspaces" / slot

    def write(self, slot: str, **files: str) -> None:
        """Write `pipeline`, else modules."""
        for name, text in files.items():
            path = self.place(slot) / ("pipeline.yaml" if name == "pipeline" else f"modules/{name}.py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    def run(self, workspace: str, reason: str, *, hypothesis: str | None = None, **more: object) -> RunProgress:
        """Ask for a run and wait for its end."""
        from goldfish.domain.values import Reason

        why = Reason(description=reason, hypothesis=hypothesis)
        asked = self.goldfish.run(workspace, reason=why, **more)  # type: ignore[arg-type]  # passed on as they are
        assert asked.started, asked
        return self.goldfish.wait(asked.run, seconds=PATIENCE)
