"""A run from its reason to its end, and its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldfish.adapters.cli.views import results
from goldfish.adapters.cli.views.findings import cautions
from goldfish.adapters.cli.views.history import runs
from goldfish.adapters.cli.views.notes import notes
from goldfish.adapters.cli.views.terminal import facts, heading, put, row, table, text
from goldfish.adapters.cli.views.wording import COLORS, cause, digest, duration, moment, number, size, value

if TYPE_CHECKING:
    from goldfish.queries.imported_story import ImportedStory
    from goldfish.queries.run_story import ExecutionStory, RunStory, StageStory

VERDICTS = {"passed": "green", "failed": "red", "not-applicable": "dim"}


def run(answer: RunStory) -> None:
    """The run, then each stage."""
    word = answer.outcome or answer.state
    put(text(answer.run, "bold") + text(f"  {word}", COLORS.get(word, "cyan")))
    cautions(answer.warnings)
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
                ("imported", _origin(answer.imported) if answer.imported else None),
                ("changed", _changes(answer.imported) if answer.imported else None),
                ("compared with", _against(answer.imported) if answer.imported else None),
                ("built on", ", ".join(answer.imported.parents) if answer.imported else None),
                ("code", _code(answer.imported) if answer.imported else None),
                ("note", answer.imported.note if answer.imported else None),
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
    if answer.imported and answer.imported.labels:
        made = table("label", "value")
        for name, said in answer.imported.labels.items():
            row(made, name, value(said))
        put("", made)
    notes(answer.thoughts)
    if answer.similar:
        heading("the same work elsewhere")
        put(runs(answer.similar))


def _origin(record: ImportedStory) -> str:
    item = f", of {record.item}" if record.item else ""
    return f"from {record.system}, where it is {record.id}{item}"


def _changes(record: ImportedStory) -> str:
    return "; ".join(f"{one.name}: {one.before or 'nothing'} → {one.after or 'nothing'}" for one in record.changed)


def _against(record: ImportedStory) -> str | None:
    reached = ", ".join(f"{name} {number(held)}" for name, held in record.against_metrics.items())
    return ": ".join(part for part in (record.against, reached) if part) or None


def _code(record: ImportedStory) -> str | None:
    if record.code is None:
        return None
    lost = "never committed" if record.code.committed is False else None
    return ", ".join(part for part in (record.code.label, record.code.hash, lost) if part)


def execution(answer: ExecutionStory) -> None:
    """One stage."""
    _stage(answer.stage)
    notes(answer.thoughts)


def _stage(stage: StageStory) -> None:
    word = stage.outcome or stage.state
    if stage.stage:
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
            set_by = "set by the request" if stage.stage else "changed"
            row(made, setting.name, value(setting.value), set_by if setting.overridden else "")
        put("", made)


def _signals(stage: StageStory) -> None:
    if stage.inputs or stage.outputs:
        made = table("signal", "type", "size", "what", right=["size"])
        for given in stage.inputs:
            row(made, f"→ {given.name}", given.type or "", "", given.ref)
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
