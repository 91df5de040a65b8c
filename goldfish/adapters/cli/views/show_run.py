"""A run from its reason to its end, and its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.adapters.cli.views import results
from goldfish.adapters.cli.views.history import runs
from goldfish.adapters.cli.views.notes import notes
from goldfish.adapters.cli.views.terminal import facts, heading, put, row, table, text
from goldfish.adapters.cli.views.wording import COLORS, cause, digest, duration, moment, number, size, value

if TYPE_CHECKING:
    from goldfish.queries.run_story import ExecutionStory, RunStory, StageStory

VERDICTS = {"passed": "green", "failed": "red", "not-applicable": "dim"}


def run(answer: RunStory) -> None:
    """The run, then each stage."""
    word = answer.outcome or answer.state
    put(text(answer.run, "bold") + text(f"  {word}", COLORS.get(word, "cyan")))
    put(
        facts(
            [
                ("tags", ", ".join(answer.tags)),
                ("cause", cause(answer.outcome, answer.cause)),
                ("reason", answer.description),
                ("hypothesis", answer.hypothesis),
                ("approach", answer.approach),
                ("expected", answer.expected),
                ("version", answer.version),
                ("requested", f"{moment(answer.requested_at)} by {answer.actor}, position {answer.position}"),
                (
                    "finished",
                    f"{moment(answer.finished_at)}, its stages took {duration(answer.seconds)}"
                    if answer.seconds
                    else None,
                ),
                ("seed", answer.seed),
                ("group", answer.run_group),
                ("ran on", ", ".join(part for part in (answer.python, answer.platform) if part)),
                ("repeats", f"{answer.rerun_of}: {answer.rerun_reason}" if answer.rerun_of else None),
                ("fingerprint", answer.fingerprint),
            ]
        )
    )
    if answer.results:
        put("", results.lines(answer.results))
    if answer.judgements:
        results.judgements(answer.judgements)
    elif any(line.awaits for line in answer.results):
        put(text(f"It awaits a verdict: goldfish finalize {answer.run}", "yellow"))
    for stage in answer.stages:
        _stage(stage)
    notes(answer.thoughts)
    if answer.similar:
        heading("the same work elsewhere")
        put(runs(answer.similar))


def execution(answer: ExecutionStory) -> None:
    """One stage."""
    _stage(answer.stage)
    notes(answer.thoughts)


def _stage(stage: StageStory) -> None:
    word = stage.outcome or stage.state
    put("", text(stage.execution, "bold") + text(f"  {word}", COLORS.get(word, "cyan")))
    told = bool(stage.cause and stage.failure and stage.cause.startswith(stage.failure))
    where = f" in {stage.failed_where}" if stage.failed_where else ""
    put(
        facts(
            [
                ("cause", cause(stage.outcome, stage.cause)),
                ("taken over", f"from {stage.reused}" if stage.reused else None),
                ("error", f"{stage.failure}{where}" if stage.failure and not told else None),
                ("stopped", stage.stop_reason),
                ("took", duration(stage.seconds)),
                ("memory", size(stage.peak_memory)),
                ("exit", _exit(stage)),
            ]
        )
    )
    _settings(stage)
    _signals(stage)
    _metrics(stage)
    _checks(stage)
    if stage.left_out:
        put(text(f"{stage.left_out} more are left out", "dim"))


def _exit(stage: StageStory) -> str | None:
    if stage.signal is not None:
        return f"{stage.ended_by}, signal {stage.signal}"
    return None if not stage.exit_code else f"{stage.ended_by}, code {stage.exit_code}"


def _settings(stage: StageStory) -> None:
    if stage.settings:
        made = table("setting", "value", "")
        for setting in stage.settings:
            row(made, setting.name, value(setting.value), "set by the request" if setting.overridden else "")
        put("", made)


def _signals(stage: StageStory) -> None:
    if stage.inputs or stage.outputs:
        made = table("signal", "type", "size", "what", right=["size"])
        for given in stage.inputs:
            row(made, f"→ {given.name}", given.type, "", given.ref)
        for output in stage.outputs:
            refused = text(f"refused: {output.refused}", "red") if output.refused else digest(output.digest)
            row(made, f"{output.name} →", output.type or output.kind, size(output.size), refused)
        put("", made)


def _metrics(stage: StageStory) -> None:
    if stage.metrics:
        numbers = ["points", "first", "last", "min", "max", "not finite"]
        made = table("metric", *numbers, right=numbers)
        for m in stage.metrics:
            odd = text(m.non_finite, "red") if m.non_finite else ""
            row(made, m.metric, m.count, number(m.first), number(m.last), number(m.min), number(m.max), odd)
        put("", made)


def _checks(stage: StageStory) -> None:
    if stage.checks:
        made = table("check", "verdict", "of", "finding")
        for check in stage.checks:
            verdict = text(check.verdict, VERDICTS[check.verdict])
            row(made, check.check, verdict, check.subject, check.sentence)
        put("", made)
