"""Commands around data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.completing import bytes_references, source_names
from goldfish.adapters.cli.invocation import Invocation, pass_invocation
from goldfish.adapters.cli.options import as_of_option, command_id, command_options, since_option
from goldfish.adapters.cli.quantities import SIZE, TIME

if TYPE_CHECKING:
    from goldfish.domain.values import SignalType

TYPES = ("npy", "npz", "csv", "parquet", "json", "file", "directory")

kind_option = click.option("--type", "kind", type=click.Choice(TYPES), help="By default as the name's ending says.")
limit_option = click.option(
    "--limit", type=SIZE, metavar="SIZE", default="64GiB", show_default=True, help="The most that is downloaded."
)
timeout_option = click.option(
    "--timeout", type=TIME, metavar="TIME", default="60s", show_default=True, help="Give up a silent download."
)
description_option = click.option("--description", metavar="TEXT", help="What it holds.")
source_argument = click.argument("name", shell_complete=source_names)


@click.group()
def source() -> None:
    """Bring data into the project, and look after it."""


@source.command()
@click.argument("name", shell_complete=source_names)
@click.argument("given", metavar="PATH|URI|REF", shell_complete=bytes_references)
@kind_option
@click.option("--in-place", is_flag=True, help="Do not copy: the bytes stay there, and are compared before each use.")
@description_option
@limit_option
@timeout_option
@command_id
@command_options
@pass_invocation
def add(
    invocation: Invocation,
    name: str,
    given: str,
    kind: SignalType | None,
    in_place: bool,
    description: str | None,
    limit: int,
    timeout: float,
    command_id: str | None,
) -> None:
    """Register data under a name, pinned by the digest of all its bytes.

    It is a file, a directory, an address (http, https, file, s3, gs, az), or what is in the ledger already. The bytes
    are copied into the project, and goldfish looks into them. The same bytes again are no new revision.

    \b
    goldfish source add digits data/digits.csv
    goldfish source add images /data/images --in-place
    goldfish source add prices https://example.org/prices.parquet
    goldfish source add features run-3/prepare.features
    """
    from goldfish.adapters.cli.views.carrying import carrying
    from goldfish.adapters.cli.views.sources import added

    with carrying() as tell:
        answer = invocation.goldfish().add_source(
            name,
            given,
            kind=kind,
            in_place=in_place,
            description=description,
            limit=limit,
            timeout=timeout,
            on_progress=tell,
            command_id=command_id,
        )
    invocation.answer(answer, added)


@source.command()
@click.argument("given", metavar="PATH|URI|REF", shell_complete=bytes_references)
@kind_option
@limit_option
@timeout_option
@command_options
@pass_invocation
def probe(invocation: Invocation, given: str, kind: SignalType | None, limit: int, timeout: float) -> None:
    """Show what would be recorded of some data; nothing is.

    \b
    goldfish source probe data/digits.csv
    """
    from goldfish.adapters.cli.views.carrying import carrying
    from goldfish.adapters.cli.views.sources import probed

    with carrying() as tell:
        answer = invocation.goldfish(reviving=False).probe_source(
            given, kind=kind, limit=limit, timeout=timeout, on_progress=tell
        )
    invocation.answer(answer, probed)


@source.command(name="list")
@click.option("--retired", is_flag=True, help="Those that were retired, too.")
@since_option
@as_of_option
@command_options
@pass_invocation
def list_(invocation: Invocation, retired: bool, since: int | None, as_of: str | None) -> None:
    """List the sources, newest first.

    \b
    goldfish source list
    """
    from goldfish.adapters.cli.views.sources import listed

    invocation.answer(invocation.questions().sources(retired=retired, since=since, as_of=as_of), listed)


@source.command()
@source_argument
@as_of_option
@command_options
@pass_invocation
def show(invocation: Invocation, name: str, as_of: str | None) -> None:
    """Show what a source holds, its revisions, and the runs that read it.

    NAME is a source, or a revision like digits@r1.

    \b
    goldfish source show digits
    """
    from goldfish.adapters.cli.views.show import story
    from goldfish.errors import UnknownSource

    questions = invocation.questions()
    answer = questions.show(name, as_of=as_of)
    if answer.kind == "workspace":  # one of the same name goes before it
        known = [line.source for line in questions.sources(retired=True, as_of=as_of).sources]
        answer = questions.show(next((ref for ref in known if ref.startswith(f"{name}@")), name), as_of=as_of)
    if answer.kind != "source":
        raise UnknownSource(given=name)
    invocation.answer(answer, story)


@source.command()
@source_argument
@click.option("--text", metavar="TEXT", help="What it holds.")
@click.option("--column", "columns", metavar="NAME=TEXT", multiple=True, help="What a column or an array means.")
@command_id
@command_options
@pass_invocation
def describe(
    invocation: Invocation, name: str, text: str | None, columns: tuple[str, ...], command_id: str | None
) -> None:
    """Say what a source holds. What was said before stays in its history, and the bytes are what they were.

    \b
    goldfish source describe digits --text "8 × 8 pixels" --column label="0 to 9"
    """
    from goldfish.adapters.cli.views.sources import described

    pairs = dict(_pair(given) for given in columns)
    answer = invocation.goldfish().describe_source(name, text=text, columns=pairs, command_id=command_id)
    invocation.answer(answer, described)


@source.command()
@source_argument
@click.option("--reason", "-r", metavar="TEXT", required=True, help="Why it is not to be used.")
@command_id
@command_options
@pass_invocation
def retire(invocation: Invocation, name: str, reason: str, command_id: str | None) -> None:
    """Take a source out of the lists, and refuse it to new runs. What was made of it stays.

    \b
    goldfish source retire digits --reason "its labels were shifted by one"
    """
    from goldfish.adapters.cli.views.sources import retired

    invocation.answer(invocation.goldfish().retire_source(name, reason=reason, command_id=command_id), retired)


@source.command()
@source_argument
@command_id
@command_options
@pass_invocation
def restore(invocation: Invocation, name: str, command_id: str | None) -> None:
    """Let a retired source be used again.

    \b
    goldfish source restore digits
    """
    from goldfish.adapters.cli.views.sources import restored

    invocation.answer(invocation.goldfish().restore_source(name, command_id=command_id), restored)


@source.command()
@click.argument("name", required=False, shell_complete=source_names)
@command_options
@pass_invocation
@click.pass_context
def check(ctx: click.Context, invocation: Invocation, name: str | None) -> None:
    """Compare sources with their bytes: the newest revisions of all, or every revision of one.

    Bytes that were not touched since they were last read are not read again. The exit code is 0 when all are as they
    were registered, else 1.

    \b
    goldfish source check
    goldfish source check images@r2
    """
    from goldfish.adapters.cli.views.sources import checked

    answers = invocation.goldfish(reviving=False).check_sources(name)
    invocation.answer(answers, checked)
    ctx.exit(0 if all(answer.sound for answer in answers) else 1)


@click.command()
@click.argument("ref", shell_complete=bytes_references)
@click.option("--as", "name", metavar="NAME", help="The source's name. By default the output's.")
@description_option
@command_id
@command_options
@pass_invocation
def promote(
    invocation: Invocation, ref: str, name: str | None, description: str | None, command_id: str | None
) -> None:
    """Make an output of a run a revision of a source.

    No bytes are copied, and the lineage of whatever reads it goes on to the run that wrote it.

    \b
    goldfish promote run-3/prepare.features
    goldfish promote run-3/prepare.features --as clean-digits
    """
    from goldfish.adapters.cli.views.sources import added

    answer = invocation.goldfish().promote(ref, name=name, description=description, command_id=command_id)
    invocation.answer(answer, added)


@click.command()
@click.argument("ref", shell_complete=bytes_references)
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@command_options
@pass_invocation
def get(invocation: Invocation, ref: str, directory: Path | None) -> None:
    """Copy an output, an artifact or a source out of the project.

    It is put into DIRECTORY, by default the current one, under its own name. Nothing is overwritten.

    \b
    goldfish get run-3/train.model
    goldfish get digits@r1 /tmp/data
    """
    from goldfish.adapters.cli.views.carrying import carrying
    from goldfish.adapters.cli.views.sources import taken_out

    with carrying() as tell:
        answer = invocation.goldfish(reviving=False).take_out(ref, directory, on_progress=tell)
    invocation.answer(answer, taken_out)


def _pair(given: str) -> tuple[str, str]:
    name, equals, text = given.partition("=")
    if not name or not equals:
        raise click.BadParameter(f"{given!r} is not NAME=TEXT", param_hint="--column")
    return name, text
