"""Every refusal by name. The docstring's first line is the message, the rest what to do next; `{…}` are its facts."""

from __future__ import annotations

from typing import Any, ClassVar


class GoldfishError(Exception):
    """Something went wrong."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *, near: tuple[str, ...] | list[str] = (), **facts: Any) -> None:
        self.facts = facts
        self.near = tuple(near)
        super().__init__(self.message)

    @property
    def name(self) -> str:
        """The class name: what programs match on."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """What happened, in one sentence."""
        return _fill((type(self).__doc__ or self.name).strip().split("\n", 1)[0], self.facts)

    @property
    def next_step(self) -> str:
        """What to do about it."""
        _, _, rest = (type(self).__doc__ or "").strip().partition("\n")
        step = _fill(" ".join(rest.split()), self.facts)
        return f"Did you mean {' or '.join(self.near)}? {step}".strip() if self.near else step

    def as_dict(self) -> dict[str, Any]:
        """The structured form for JSON and MCP answers."""
        return {"error": self.name, "message": self.message, "next": self.next_step, "candidates": list(self.near)}


def _fill(text: str, facts: dict[str, Any]) -> str:
    return text.format_map({key: _shown(value) for key, value in facts.items()})


def _shown(value: object) -> str | int | float:
    if isinstance(value, list | tuple):  # several problems in one answer: each bounded by itself, the first 20
        more = [f"and {len(value) - 20} more"] if len(value) > 20 else []
        return "; ".join([_inert(str(item)) for item in value[:20]] + more)
    return value if isinstance(value, int | float) else _inert(str(value))


def _inert(text: str) -> str:
    """Text from outside, made safe to print: no control or direction characters, bounded."""
    clean = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return clean if len(clean) <= 500 else clean[:480] + f"… ({len(clean)} characters)"


class Refusal(GoldfishError):
    """The request breaks a rule; nothing was changed."""

    exit_code = 2


# ── projects and names ────────────────────────────────────────────────────────────────────────────────────────────────


class NoProject(Refusal):
    """There is no goldfish project in {path} or above it.
    Run `goldfish init` there, or pass --project."""


class ProjectExists(Refusal):
    """{path} is a goldfish project already.
    Run `goldfish status` in it."""


class UnsafeName(Refusal):
    """{what} {given!r} is not a usable name: {why}.
    Use lower-case letters, digits, dot, dash or underscore, beginning with a letter or digit, at most 64 characters."""


class UnusableText(Refusal):
    """The {what} cannot be recorded: {why}.
    Send plain text within the limit."""


class ProjectUnwritable(GoldfishError):
    """goldfish cannot write in {path}: {why}.
    Give this user write access, or make space, and repeat the command: nothing was recorded."""


class OutsideProject(Refusal):
    """{path} is a link, and may lead outside the project.
    Put a real directory in its place, or remove the link: goldfish puts the files back."""


# ── the ledger ────────────────────────────────────────────────────────────────────────────────────────────────────────


class LedgerUnavailable(GoldfishError):
    """The ledger cannot be written: {why}.
    Nothing further is launched. Mend the disk, then repeat the command: its id keeps it from happening twice."""

    exit_code = 3


class LedgerReplaced(LedgerUnavailable):
    """The ledger file was removed, replaced or linked while in use: {why}.
    Put the original .goldfish/ledger.db back, then run `goldfish verify`."""


class LedgerBusy(LedgerUnavailable):
    """Another process held the ledger for longer than {seconds} s.
    Repeat the command."""


class LedgerCorrupt(GoldfishError):
    """The ledger is damaged at position {position}: {why}.
    Run `goldfish verify` for all damages. Do not edit the file; restore it from a backup."""

    exit_code = 4


class UnknownEvent(LedgerCorrupt):
    """Position {position} holds the event {event!r} version {version}, which this goldfish does not know.
    Use a newer goldfish; this one will not guess."""


class Busy(GoldfishError):
    """{stream} was changed by others {tries} times while this command was decided.
    Repeat the command."""


class CommandIdReused(Refusal):
    """The command id {command_id!r} was used before for another request.
    Use a new id for a new request; the same id only to repeat the same one."""


# ── workspaces ────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownWorkspace(Refusal):
    """There is no workspace {given!r}.
    `goldfish status` lists the workspaces; `goldfish create` makes one."""


class WorkspaceExists(Refusal):
    """The workspace {given!r} exists already.
    Choose another name, or mount it."""


class UnknownVersion(Refusal):
    """There is no version {given!r}.
    `goldfish show WORKSPACE` lists its versions."""


class NotMounted(Refusal):
    """The workspace {given!r} is not mounted.
    Run `goldfish mount {given}` first."""


class AlreadyMounted(Refusal):
    """The workspace {given!r} is mounted in {slot}.
    Work there, or unmount it first."""


class SlotTaken(Refusal):
    """The slot {slot!r} holds the workspace {holder!r}.
    Choose another slot, or unmount {holder}."""


class SlotNotEmpty(Refusal):
    """{path} holds files that goldfish did not put there.
    Move them away, then mount again: goldfish does not overwrite files it does not know."""


class NothingToSave(Refusal):
    """Nothing changed in {workspace!r} since {version}.
    Edit files in workspaces/{slot} first."""


class SnapshotRefused(Refusal):
    """The workspace cannot be recorded exactly: {why}.
    Remove or exclude what is named, then try again."""


class SnapshotMissing(GoldfishError):
    """The recorded tree {tree} cannot be read: {why}.
    Run `goldfish verify`, and restore .goldfish from a backup."""

    exit_code = 4


class ArtifactMissing(GoldfishError):
    """The artifact {digest} cannot be read: {why}.
    Run `goldfish verify`, and restore .goldfish/artifacts from a backup."""

    exit_code = 4


# ── pipelines and plans ───────────────────────────────────────────────────────────────────────────────────────────────


class BadDocument(Refusal):
    """{file}, line {line}: {why}.
    Correct the file and try again."""


class BadPipeline(Refusal):
    """{file}: {why}.
    Correct the pipeline and try again; docs/reference/pipeline.md shows every key."""


class BadConfig(Refusal):
    """{file}: {why}.
    Correct the configuration and try again."""


class BadSetting(Refusal):
    """The setting {given!r} cannot be applied: {why}.
    Write it as key=value or stage.key=value."""


class BadInputOverride(Refusal):
    """The input {given!r} cannot be replaced: {why}.
    Write it as input=REF or stage.input=REF; REF is like run-3/prepare.features, digits@r1 or ./file.csv."""


class UnknownStage(Refusal):
    """The pipeline has no stage {given!r}.
    Its stages are: {stages}."""


class StageCodeMissing(Refusal):
    """The stage {stage!r} has no code: {path} is not in the workspace.
    Add the file, with a function main()."""


class UnresolvedInput(Refusal):
    """The input {signal!r} of stage {stage!r} cannot be had: {why}.
    {remedy}"""


class UnreadableFile(Refusal):
    """{path} cannot be read: {why}.
    Check the path; nothing was recorded."""


class UnknownSource(Refusal):
    """There is no source {given!r}.
    Register it with `goldfish source add {given} PATH`."""


# ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownRun(Refusal):
    """There is no run {given!r}.
    `goldfish history` lists the runs."""


class UnknownReference(Refusal):
    """{given!r} names nothing in this project.
    References look like run-12, run-12/train, baseline, baseline@v3 or a source name."""


class RunExists(Refusal):
    """{run} was requested before.
    Request a run without naming it: it gets the next number."""


class RunAlreadyEnded(Refusal):
    """{run} has ended already: {outcome}.
    Nothing of it is left to stop. To go on, request a new run."""


class ReasonNeeded(Refusal):
    """A run needs a reason of at least {minimum} characters; this one has {length}.
    Say what you try and what you expect: --reason "…"."""


class CannotCompare(Refusal):
    """{left} and {right} cannot be compared: {why}.
    Compare two runs, or two versions."""


class StillRunning(GoldfishError):
    """{run} had not ended after {seconds} s.
    It goes on by itself. Follow it with `goldfish wait {run}`."""

    exit_code = 5


# ── the outside world ─────────────────────────────────────────────────────────────────────────────────────────────────


class RunnerUnavailable(GoldfishError):
    """The {backend} backend cannot be reached: {why}.
    The run goes on when it answers again."""


class LaunchRefused(Refusal):
    """{execution} cannot be launched: {why}.
    Correct the cause and request a new run."""


class OutputRefused(Refusal):
    """The output {signal!r} cannot be taken: {why}.
    Write it with goldfish.io.save_output, or as a plain file of the declared type."""


class ExtraMissing(GoldfishError):
    """{feature} needs the package {package}, which is not installed.
    pip install 'goldfish-ledger[{extra}]'"""


class SecretRefused(Refusal):
    """The settings of stage {stage!r} hold something that looks like a secret.
    Keep secrets out of configs: everything there is recorded for ever. Let the stage read them from a file outside."""


class PlaceTaken(Refusal):
    """{path} is not empty.
    Name a directory that does not exist yet; goldfish makes it."""


# ── tools for agents ──────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownTool(Refusal):
    """There is no tool {given!r}.
    tools/list names them all."""


class WrongArguments(Refusal):
    """The arguments of {tool} cannot be used: {why}.
    Its input schema says what each one is; correct them and call again."""


# ── the command line ──────────────────────────────────────────────────────────────────────────────────────────────────


class WrongUsage(Refusal):
    """The command cannot be understood: {why}.
    `{command} --help` shows how it is called."""


class Interrupted(GoldfishError):
    """Interrupted.
    What had happened is in the log; repeat the command for the rest."""

    exit_code = 130


class StoppedWaiting(Interrupted):
    """Interrupted; {run} goes on by itself.
    Follow it with `goldfish wait {run}`, or end it with `goldfish cancel {run}`."""


class Unexpected(GoldfishError):
    """goldfish met an error that it has no name for: {what}.
    {where} Please report it: what is in the ledger stands."""
