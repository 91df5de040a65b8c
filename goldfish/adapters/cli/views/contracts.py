"""Contracts, declared and found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert
from goldfish.adapters.cli.views.patches import patch
from goldfish.adapters.cli.views.terminal import put, row, table, text
from goldfish.adapters.cli.views.wording import count
from goldfish.domain.contract_writing import BREAK, yaml_line

if TYPE_CHECKING:
    from goldfish.api.contract_answers import AdoptedAnswer, ContractsAnswer, WrittenContract


def contracts(answer: ContractsAnswer) -> None:
    """A line for each output, then what is not as declared."""
    if not answer.signals:
        click.echo(f"The stages of {answer.of} write nothing.")
        return
    shown = table("output", "type", "declared", "observed", "bytes", yielding=["declared", "observed"], least=["bytes"])
    for signal in answer.signals:
        row(
            shown,
            text(f"{signal.stage}.{signal.signal}", "red" if signal.violated else ""),
            signal.type,
            said(signal.declared),
            said(signal.observed),
            signal.ref or "not written yet",
        )
    put(shown)
    for signal in answer.signals:
        for violation in signal.violated:
            put(text(f"{signal.stage}.{signal.signal} is not as declared: {violation}", "red"))
    bare = sum(1 for signal in answer.signals if signal.declared is None and signal.observed is not None)
    if bare:
        adopt = f"goldfish contract adopt {'WORKSPACE --from ' if answer.of.startswith('run-') else ''}{answer.of}"
        click.echo(f"{count(bare, 'output')} could be given the contract that was observed: {inert(adopt)}")


def inferred(answer: ContractsAnswer) -> None:
    """YAML that a pipeline could hold."""
    click.echo(answer.yaml or f"# nothing is known of what {inert(answer.of)} wrote", nl=not answer.yaml)


def adopted(answer: AdoptedAnswer) -> None:
    """What was changed, and where."""
    patch(answer.patch)
    outputs = count(len(answer.adopted), "output")
    if answer.written:
        click.echo(f"Wrote contracts of {outputs} into {inert(answer.path)}.")
    else:
        click.echo(f"Contracts of {outputs} would be written into {inert(answer.path)}; nothing was.")


def said(contract: WrittenContract | None) -> str:
    """A contract in one line; a dash for none."""
    return "–" if contract is None else yaml_line(contract).replace(BREAK, "")[1:-1]
