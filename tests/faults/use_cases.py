"""Every use case with arguments that it accepts, found by looking: a new one without a recipe is missed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goldfish.api import Actor, Goldfish
from goldfish.api.core import Core
from tests.scenarios.conftest import Lab

ME = Actor(kind="human", name="tester")
WHY = "to see what goldfish makes of it"

# What use cases are made of. They are given sessions and decisions, which no client has.
INNER = {name for name in vars(Core) if not name.startswith("_")} - {"open", "look", "known_reference"}

PIPELINE = """
    stages:
      - name: train
        inputs: {digits: {source: digits}}
        outputs: {model: json}
        results: {metric: accuracy, direction: maximize, split: test, minimum: 0.5}
"""
TRAIN = """
    from goldfish.io import get_config, save_output
    from goldfish.metrics import log_metric
    def main():
        log_metric("accuracy", get_config()["accuracy"], step=1)
        save_output("model", {"weight": 1.0})
        assert get_config()["accuracy"] > 0.5, "it came to nothing"
"""


@dataclass(frozen=True)
class Recipe:
    """Arguments that a use case accepts in the project of `build`; `other` ones make it another command."""

    given: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)


def recipes(root: Path) -> dict[str, Recipe]:
    """A recipe for each use case of a project in `root`."""
    data, more = root / "digits.csv", root / "more.csv"
    return {
        "add_invariant": Recipe({"text": "no change of the seed"}, {"text": "another"}),
        "add_source": Recipe({"name": "more", "given": more, "description": "more digits"}, {"description": "other"}),
        "adopt_contracts": Recipe({"workspace": "w", "run": "run-1", "stages": ["train"]}),
        "amend": Recipe(
            {"run": "run-1", "reason": WHY, "comment": "looked again", "learned": "a", "next_steps": ["b"]},
            {"comment": "no"},
        ),
        "amend_note": Recipe({"note": "thought-1", "text": "in other words", "about": ["w"]}, {"text": "again"}),
        "affected": Recipe({"refs": ["run-1"], "finding": {"bad_flag": "lr"}}),
        "cancel": Recipe({"run": "run-4", "reason": "not needed"}, {"reason": "no time"}),
        "check_read_models": Recipe(),
        "check_pipelines": Recipe({"workspace": "w", "pipeline": "pipeline.yaml"}),
        "check_sources": Recipe({"given": "digits"}),
        "compare": Recipe({"refs": ["run-1", "group:g"], "numbers": False}),
        "configure": Recipe({"given": {"minimum_reason": 12}}, {"given": {"minimum_reason": 13}}),
        "contracts": Recipe({"of": "w", "pipeline": "pipeline.yaml"}),
        "create_workspace": Recipe({"name": "new", "goal": "to try", "base": "w@v1"}, {"goal": "to win"}),
        "curves": Recipe({"refs": ["run-1", "group:g"], "metrics": ["accuracy"]}),
        "delete_workspace": Recipe({"workspace": "spare", "reason": "not needed", "expected": "v1"}, {"reason": "no"}),
        "describe_source": Recipe({"name": "digits", "text": "pictures", "columns": {"a": "a"}}, {"text": "images"}),
        "diff": Recipe({"left": "w", "right": "w@v1"}),
        "execute_program": Recipe(
            {
                "command": ["true"],
                "directory": root / "programs",
                "reason": WHY,
                "workspace": "scripts",
                "group": "g",
                "rerun": "to be sure",
            },
            {"command": ["false"]},
        ),
        "export": Recipe({"to": "parquet", "path": root / "exported"}),
        "finalize": Recipe(
            {"run": "run-2", "comment": "fine", "learned": "a lot", "next_steps": ["more"], "reason": WHY},
            {"comment": "no"},
        ),
        "findings": Recipe(),
        "found": Recipe({"root": root / "within", "actor": ME, "name": "within", "goal": "to be within"}),
        "groups": Recipe({"workspace": "w"}),
        "history": Recipe(
            {"workspace": "w", "stage": "train", "outcome": "succeeded", "group": "g", "sort": "-accuracy"}
        ),
        "import_history": Recipe(
            {
                "format": "experiments",
                "path": root / "tried.jsonl",
                "baselines": root / "baselines.jsonl",
                "prefix": "a-",
            },
            {"prefix": "b-"},
        ),
        "invariants": Recipe(),
        "known_reference": Recipe({"ref": "run-1"}),
        "lineage": Recipe({"ref": "run-1/train.model"}),
        "log": Recipe({"stream": "run-1"}),
        "log_claim": Recipe(
            {
                "text": "better",
                "runs": "run-1",
                "against": ["run-2"],
                "metric": "accuracy",
                "value": 0.5,
                "deviation": 0.1,
                "among": 3,
                "workspace": "w",
                "about": ["w"],
            },
            {"text": "worse"},
        ),
        "log_decision": Recipe(
            {"text": "so", "because": "run-1", "instead_of": ["w"], "workspace": "w", "about": ["w"]}, {"text": "no"}
        ),
        "log_hypothesis": Recipe({"text": "more is better", "workspace": "w", "about": ["run-1"]}, {"text": "less"}),
        "log_since": Recipe({"ref": "run-1/train"}),
        "log_thought": Recipe({"text": "why?", "workspace": "w", "about": "run-1"}, {"text": "how?"}),
        "logs": Recipe({"ref": "run-1/train"}),
        "look": Recipe({"given": "w"}),
        "mount": Recipe({"workspace": "spare", "slot": "place"}, {"slot": "elsewhere"}),
        "open": Recipe({"start": root, "actor": ME}),
        "pipeline": Recipe({"workspace": "w", "pipeline": "pipeline.yaml"}),
        "plan": Recipe(
            {
                "workspace": "w",
                "stages": ["train"],
                "settings": ["accuracy=0.7"],
                "overrides": {"train": {"lr": 1}},
                "inputs": {"train.digits": "digits@r1"},
                "results": {"train": {"metric": "accuracy", "direction": "maximize", "split": "test"}},
                "pipeline": "pipeline.yaml",
            }
        ),
        "probe_source": Recipe({"given": data}),
        "progress": Recipe({"run": "run-1"}),
        "promote": Recipe({"ref": "run-1/train.model", "name": "model", "description": "good"}, {"name": "other"}),
        "proposal": Recipe({"run": "run-2"}),
        "prune": Recipe({"workspace": "w", "versions": "v2", "reason": "not needed"}, {"reason": "no"}),
        "rebuild": Recipe(),
        "record_finding": Recipe(
            {"refs": "digits@r1", "reason": WHY, "finding": {"bad_code": "w@v1"}}, {"reason": "for another reason"}
        ),
        "register_path": Recipe({"path": data}),
        "resolve_hypothesis": Recipe(
            {"hypothesis": "hypothesis-1", "resolution": "refuted", "text": "so", "evidence": "run-1"}, {"text": "no"}
        ),
        "restore": Recipe({"ref": "gone"}, {"ref": "w", "versions": "v1"}),
        "restore_source": Recipe({"name": "old"}, {"name": "digits"}),
        "results": Recipe({"workspace": "w"}),
        "retire_invariant": Recipe({"number": 1, "reason": "it hinders"}, {"reason": "no"}),
        "retire_source": Recipe({"name": "digits", "reason": "too old"}, {"reason": "no"}),
        "retry": Recipe({"run": "run-3", "reason": WHY}, {"reason": "for another reason than that"}),
        "rollback": Recipe({"workspace": "w", "version": "v1", "expected": "v4"}, {"version": "v2"}),
        "run": Recipe(
            {
                "workspace": "w",
                "stages": ["train"],
                "reason": WHY,
                "settings": ["accuracy=0.7"],
                "overrides": {"train": {"lr": 1}},
                "inputs": {"train.digits": "digits@r1"},
                "results": {"train": {"metric": "accuracy", "direction": "maximize", "split": "test"}},
                "group": "g",
                "rerun": "to be sure",
                "pipeline": "pipeline.yaml",
                "expected": "v4",
            },
            {"settings": ["accuracy=0.8"]},
        ),
        "save_version": Recipe({"workspace": "w", "message": "a word", "expected": "v4"}, {"message": "two words"}),
        "search": Recipe({"text": "goldfish accuracy=0.9", "kinds": ["run"]}),
        "similar": Recipe({"text": "what goldfish makes of it", "config": {"accuracy": 0.9}, "exclude": ["run-1"]}),
        "set_goal": Recipe({"goal": "to be the best", "workspace": "w"}, {"goal": "to be"}),
        "settings": Recipe(),
        "show": Recipe({"ref": "run-1"}),
        "sources": Recipe(),
        "sql": Recipe({"query": "SELECT run FROM runs"}),
        "sql_to_parquet": Recipe({"query": "SELECT run FROM runs", "path": root / "runs.parquet"}),
        "status": Recipe(),
        "sync": Recipe({"workspace": "w"}, {"workspace": "spare"}),
        "tag": Recipe({"name": "better", "ref": "run-2"}, {"ref": "run-1"}),
        "tags": Recipe(),
        "tail": Recipe(),
        "take_out": Recipe({"ref": "digits@r1", "directory": root / "out"}),
        "thoughts": Recipe({"search": "why", "about": "w", "workspace": "w", "kind": "thought", "state": "kept"}),
        "undo": Recipe({}, {"position": 3}),
        "undoable": Recipe(),
        "unmount": Recipe({"workspace": "w", "expected": "v4"}, {"workspace": "spare"}),
        "untag": Recipe({"name": "good"}, {"name": "fine"}),
        "verify": Recipe(),
        "wait": Recipe({"run": "run-1", "seconds": 1.0}),
        "withdraw_finding": Recipe({"finding": "finding-1", "reason": "it was sound"}, {"reason": "no"}),
        "withdraw_note": Recipe({"note": "thought-1", "reason": "it was wrong"}, {"reason": "no"}),
    }


NAMES = sorted(recipes(Path("/")))


def found_by_looking() -> set[str]:
    """The names of all use cases."""
    public = {name for name, _ in inspect.getmembers(Goldfish, inspect.isroutine) if not name.startswith("_")}
    return public - INNER


def bound(goldfish: Goldfish, name: str) -> Callable[..., Any]:
    """A use case of a project."""
    return getattr(goldfish, name)  # type: ignore[no-any-return]  # one of NAMES


def parameters(name: str) -> Iterator[tuple[str, str]]:
    """The arguments of a use case, each with its type as it is written."""
    for parameter in inspect.signature(getattr(Goldfish, name)).parameters.values():
        if parameter.name != "self":
            yield parameter.name, str(parameter.annotation)


def build(root: Path) -> None:
    """A project with something of everything: run-1 was judged, run-2 not yet, run-3 failed, run-4 was not begun."""
    lab = Lab(root)
    goldfish = lab.goldfish
    for name in ("digits", "more"):
        (root / f"{name}.csv").write_text("a,b\n1,2\n")
    goldfish.add_source("digits", root / "digits.csv")
    goldfish.add_source("old", root / "more.csv")
    goldfish.retire_source("old", reason="it is old")
    lab.write(pipeline=PIPELINE, train=TRAIN)
    for accuracy in (0.9, 0.8, 0.1):
        lab.config("train", f"accuracy: {accuracy}\n")
        ended = lab.run(group="g")
        assert ended.outcome == ("failed" if accuracy == 0.1 else "succeeded"), ended
    lab.kill_conductor()
    goldfish.finalize("run-1", learned="a lot")
    goldfish.services.ensure_conductor = lambda: None  # type: ignore[method-assign]  # run-4 is to stay as it is
    goldfish.run("w", reason=WHY, settings=["accuracy=0.6"])
    goldfish.create_workspace("spare")
    goldfish.create_workspace("gone")
    goldfish.delete_workspace("gone", "not needed")
    goldfish.tag("good", "w@v4")
    goldfish.tag("fine", "run-1")
    goldfish.log_thought("why?")
    goldfish.log_hypothesis("more is better")
    goldfish.record_finding("run-2", reason="its data were shifted")
    goldfish.add_invariant("the seed stays")
    goldfish.set_goal("to know more")
    row = '{"id": "E1", "date": "2026-03-01", "metric": "loss", "value": 0.5, "verdict": "win"}'
    (root / "tried.jsonl").write_text(f"{row}\n")
    (root / "baselines.jsonl").write_text('{"at": "2026-03-02", "baseline_id": "E1", "why": "merge"}\n')
    programs = root / "programs"
    programs.mkdir()
    (programs / "program.py").write_text("print('done')\n")
    (lab.place / "notes.txt").write_text("an edit that is not saved\n")
