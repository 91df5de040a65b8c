"""Sources, and what commands say about them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from goldfish.adapters.cli.inert import inert, shorten
from goldfish.adapters.cli.views.said import say
from goldfish.adapters.cli.views.terminal import facts, heading, put, row, table, text
from goldfish.adapters.cli.views.wording import count, moment, size

if TYPE_CHECKING:
    from pydantic import JsonValue

    from goldfish.api.answers import ProbeAnswer, SourceAnswer, SourceCheck, TakenOut
    from goldfish.queries.sources import Sources, SourceStory

COLUMNS = 40  # that are shown


def added(answer: SourceAnswer) -> None:
    """After add and promote."""
    say(f"{answer.source} is a {answer.type} of {size(answer.size)}, {answer.digest}.")
    found = in_brief(answer.described)
    if found:
        click.echo(f"  {found}")
    if not answer.is_new:
        click.echo("  The same bytes as before: no new revision.")
    if answer.location:
        click.echo(f"  It stays in {inert(answer.location)}, and is compared before each use.")
    if "problem" in answer.described:
        click.echo(click.style("  note: ", fg="yellow") + inert(answer.described["problem"]))


def probed(answer: ProbeAnswer) -> None:
    """After probe."""
    put(facts([("type", answer.type), ("size", size(answer.size)), ("digest", answer.digest)]))
    what_it_holds(answer.described, {})


def described(answer: SourceAnswer) -> None:
    """After describe."""
    say(f"{answer.source}: {inert(answer.text or 'described')}")
    for name, meaning in answer.columns.items():
        click.echo(f"  {inert(name)}: {inert(meaning)}")


def retired(answer: SourceAnswer) -> None:
    """After retire."""
    name = answer.source.partition("@")[0]
    say(f"{name} is retired: {inert(answer.retired)}. New runs cannot read it.", f"goldfish source restore {name}")


def restored(answer: SourceAnswer) -> None:
    """After restore."""
    say(f"{answer.source.partition('@')[0]} can be used again.")


def checked(answers: Sequence[SourceCheck]) -> None:
    """After check."""
    for answer in answers:
        if answer.sound:
            click.echo(f"{answer.source} {click.style('is as it was registered', fg='green')}")
            continue
        click.echo(f"{answer.source} {click.style('is not as it was registered', fg='red', bold=True)}:")
        for file in answer.files[:20]:
            click.echo(f"  {inert(file)}")
        if len(answer.files) > 20:
            click.echo(f"  and {len(answer.files) - 20} more")
    if not answers:
        click.echo("There are no sources in use.")


def taken_out(answer: TakenOut) -> None:
    """After get."""
    say(f"{answer.ref} is in {inert(answer.path)}, {size(answer.size)}.")


def listed(answer: Sources) -> None:
    """After list."""
    if answer.sources:
        shown = table("source", "type", "size", "from", "holds", right=["size"], yielding=["from", "holds"])
        for line in answer.sources:
            holds = line.text or ""
            if line.retired is not None:
                holds = f"retired: {line.retired}"
            elif line.changed:
                holds = f"changed: {'; '.join(line.changed)}"
            style = "dim" if line.retired is not None else "red" if line.changed else ""
            row(shown, line.source, line.type, size(line.size), line.came_from, shorten(holds, 200), style=style)
        put(shown)
    else:
        say("There are no sources.", "goldfish source add NAME PATH")
    for left in answer.left_out:
        click.echo(f"left out: {inert(left)}")


def story(answer: SourceStory) -> None:
    """What a source is and holds, its revisions, and what was said about it."""
    chosen = answer.revision
    put(text(chosen.ref, "bold"))
    place = chosen.location and f"{chosen.location} (not copied)"
    put(
        facts(
            [
                ("holds", answer.text),
                ("retired", answer.retired),
                ("type", chosen.type),
                ("size", size(chosen.size)),
                ("digest", chosen.digest),
                ("from", chosen.came_from),
                ("stays in", place),
                ("found changed", "; ".join(chosen.changed)),
            ]
        )
    )
    what_it_holds(chosen.described, answer.columns)
    heading("revisions")
    shown = table("revision", "registered", "by", "size", "digest", right=["size"])
    for line in answer.revisions:
        row(shown, line.ref, moment(line.registered_at), line.actor, size(line.size), line.digest)
    put(shown)
    if len(answer.sayings) > 1:
        heading("described")
        said = table("position", "by", "words", right=["position"], yielding=["words"])
        for saying in answer.sayings:
            words = [saying.text or "", *(f"{name}: {meaning}" for name, meaning in saying.columns.items())]
            row(said, saying.position, saying.actor, "; ".join(filter(None, words)))
        put(said)


def in_brief(described: Mapping[str, JsonValue]) -> str:
    """What was found in some data, in one line."""
    parts = []
    if isinstance(shape := described.get("shape"), list):
        parts.append(f"shape {' × '.join(map(str, shape)) or 'of one value'} of {described.get('dtype')}")
    if isinstance(rows := described.get("rows"), int):
        parts.append(count(rows, "row"))
    if isinstance(rows := described.get("rows_at_least"), int):
        parts.append(f"more than {count(rows, 'row')}")
    if isinstance(names := described.get("columns"), list):
        more = described.get("columns_left_out")
        parts.append(f"columns {_names(list(map(str, names)), more if isinstance(more, int) else 0)}")
    if isinstance(arrays := described.get("arrays"), dict | list):
        parts.append(f"arrays {_names(list(map(str, arrays)))}")
    if isinstance(files := described.get("files"), int):
        parts.append(count(files, "file"))
    return inert("; ".join(parts))


def what_it_holds(described: Mapping[str, JsonValue], meanings: Mapping[str, str]) -> None:
    """Everything that was found in some data, with what people say its columns mean."""
    heading("what it holds")
    if "problem" in described:
        click.echo(click.style("note: ", fg="yellow") + inert(described["problem"]))
    if brief := in_brief(described):
        click.echo(brief)
    left_out = described.get("columns_left_out")
    _columns(described.get("dtypes") or described.get("arrays"), meanings, left_out if isinstance(left_out, int) else 0)
    for line in _sample(described.get("sample")):
        click.echo("  " + inert(shorten(line, 200)))


def _columns(dtypes: JsonValue, meanings: Mapping[str, str], left_out: int) -> None:
    if not isinstance(dtypes, dict):
        for name, meaning in meanings.items():
            click.echo(f"  {inert(name)}: {inert(meaning)}")
        return
    shown = table("name", "dtype", "meaning", yielding=["meaning"])
    for name, dtype in list(dtypes.items())[:COLUMNS]:
        row(shown, name, _dtype(dtype), meanings.get(name, ""))
    put(shown)
    if more := max(len(dtypes) - COLUMNS, 0) + left_out:
        click.echo(f"and {more} more")


def _sample(given: JsonValue) -> list[str]:
    """A line for each row of a table, for each name, or for each line of text."""
    match given:
        case None:
            return []
        case dict():
            return [f"{name}: {_value(values)}" for name, values in given.items()]
        case list() if given and all(isinstance(line, str | list) for line in given):
            return [_value(line) for line in given]
        case _:
            return [_value(given)]


def _value(given: JsonValue) -> str:
    if isinstance(given, list):
        return ", ".join(map(_value, given))
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _dtype(given: JsonValue) -> str:
    if isinstance(given, dict):
        return f"{given.get('dtype')} {given.get('shape')}"
    return str(given)


def _names(names: list[str], left_out: int = 0) -> str:
    """The first of them; `left_out` more were not recorded."""
    more = max(len(names) - 8, 0) + left_out
    return ", ".join(names[:8]) + (f" and {more} more" if more else "")
