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


class UnusableArgument(Refusal):
    """The {argument} of {call} cannot be used: it is {given}, and is to be {needed}.
    Correct it and call again; nothing was recorded."""


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


class WorkspaceDeleted(Refusal):
    """The workspace {given!r} was deleted: {reason}.
    Bring it back with `goldfish restore {given}`, or choose another name: a deleted one's stays taken."""


class StillMounted(Refusal):
    """The workspace {given!r} is mounted in {slot}.
    Run `goldfish unmount {given}` first: that records its files."""


class WorkspaceInUse(Refusal):
    """The workspace {given!r} is being used by {run}, which has not ended.
    Wait for it with `goldfish wait {run}`, or end it with `goldfish cancel {run}`."""


class OtherWorkspace(Refusal):
    """{given} is {version}, which is no version of {workspace}.
    To begin a line of work with it: `goldfish create NAME --from {version}`."""


class Conflict(Refusal):
    """{workspace} is not at {expected} any more: {changes}.
    See what changed with `goldfish diff {expected} {latest}`, then repeat the command, expecting {latest}."""


class VersionPruned(Refusal):
    """{version} was pruned: {reason}.
    Bring it back with `goldfish restore {version}`."""


class VersionTagged(Refusal):
    """{version} cannot be pruned: it is tagged {tags}.
    Remove the tag with `goldfish untag NAME` first, or prune others."""


class VersionInUse(Refusal):
    """{version} cannot be pruned: {why}.
    Prune others, or save a newer version first."""


class NothingToPrune(Refusal):
    """No version of {workspace} is left to prune there: {why}.
    `goldfish show {workspace}` lists its versions."""


class NothingToRestore(Refusal):
    """Nothing of {given} is to be restored: {why}.
    `goldfish show {given} --pruned` lists what was pruned."""


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


# ── tags, invariants and undo ─────────────────────────────────────────────────────────────────────────────────────────


class UnknownTag(Refusal):
    """There is no tag {given!r}.
    `goldfish tags` lists them; `goldfish tag NAME REF` sets one."""


class TagExists(Refusal):
    """The tag {tag!r} points to {target} already.
    Choose another name, or move it with --move."""


class CannotTag(Refusal):
    """{given} cannot be tagged: it is {kind}.
    Tag a version like baseline@v3, or a run like run-12."""


class UnknownInvariant(Refusal):
    """There is no invariant {given} in force.
    `goldfish invariant list --all` lists them."""


class UnknownPosition(Refusal):
    """There is no event at position {given}.
    `goldfish undo --list` lists what can be undone; `goldfish log` lists all events."""


class CannotUndo(Refusal):
    """Event {position} ({what}) cannot be undone: {why}.
    `goldfish undo --list` lists what can be undone."""


class NothingToUndo(Refusal):
    """There is nothing to undo.
    Rollback, unmount, prune, delete, moved or removed tags, goals and retired invariants can be undone."""


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


class StageFileMissing(Refusal):
    """The {what} of stage {stage!r} is {path}, which is not in the workspace.
    Add the file, or correct the path in the pipeline."""


class ContractBroken(Refusal):
    """The input {signal!r} of stage {stage!r} cannot be {ref}: {why}.
    Correct the contract that is wrong, or read something else; `enforcement: warn` in the contract only records it."""


class PipelineChanged(Refusal):
    """{path} was changed while it was read; nothing was written.
    Repeat the command."""


class NothingToAdopt(Refusal):
    """There is no output in {file} of {workspace} that has no contract and whose bytes say one.
    Run the stages first, or write the contract yourself; docs/how-to/contracts.md shows how."""


class UnknownPipeline(Refusal):
    """There is no pipeline {given!r} in {workspace}.
    A pipeline is the file pipeline.yaml, or pipelines/NAME.yaml, which is called NAME."""


class UnresolvedInput(Refusal):
    """The input {signal!r} of stage {stage!r} cannot be had: {why}.
    {remedy}"""


class UnreadableFile(Refusal):
    """{path} cannot be read: {why}.
    Check the path; nothing was recorded."""


class UnknownSource(Refusal):
    """There is no source {given!r}.
    `goldfish source list` lists the sources; `goldfish source add NAME PATH` registers data under a name."""


class UnknownRevision(UnknownSource):
    """The source {source!r} has no revision {given!r}.
    `goldfish source show {source}` lists its revisions."""


class SourceRetired(Refusal):
    """The source {source!r} was retired: {reason}.
    Name another source in the pipeline; or bring it back with `goldfish source restore {source}`."""


class SourceChanged(Refusal):
    """The bytes of {source} at {path} are not those that were registered: {files}.
    Put them back, or register them as the next revision: `goldfish source add {name} {path} --in-place`."""


class UnknownColumn(Refusal):
    """{source} has no column or array {given!r}.
    `goldfish source show {source}` lists what it holds."""


class NothingToDescribe(Refusal):
    """Nothing is said about the source {source!r}.
    Give --text TEXT, or --column NAME=TEXT, or both."""


class CannotFetch(Refusal):
    """{uri} cannot be fetched: {why}.
    Nothing was recorded. Correct the address, or repeat the command when it can be reached."""


class CannotPromote(Refusal):
    """{ref} cannot be made a source: {why}.
    Choose an output of a stage that succeeded: `goldfish show RUN` lists them."""


class NothingToTakeOut(Refusal):
    """{ref} names no bytes that can be taken out: it is a {kind}.
    Name an output like run-3/prepare.features, or a source like digits@r1."""


# ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownRun(Refusal):
    """There is no run {given!r}.
    `goldfish history` lists the runs."""


class UnknownReference(Refusal):
    """{given!r} names nothing in this project.
    References look like run-12, run-12/train, baseline, baseline@v3 or a source name."""


class UnknownNote(Refusal):
    """There is no note {given!r}.
    `goldfish thoughts` lists thoughts, hypotheses and decisions."""


class NoteExists(Refusal):
    """{note} was written before.
    Write it without naming it: it gets the next number."""


class WrongKindOfNote(Refusal):
    """{note} is a {kind}, not {needed}.
    A hypothesis is resolved with `goldfish hypothesis resolve`; a thought or a decision is taken back with
    `goldfish note withdraw`."""


class RunExists(Refusal):
    """{run} was requested before.
    Request a run without naming it: it gets the next number."""


class RunAlreadyEnded(Refusal):
    """{run} has ended already: {outcome}.
    Nothing of it is left to stop. To go on, request a new run."""


class NoProgram(Refusal):
    """There is no program to run.
    Write it behind two dashes: goldfish exec -- python train.py --lr 3e-4"""


class WrongDirectory(Refusal):
    """The program cannot be run on the files of {path}: {why}.
    Change to the directory that holds the program, or name another workspace with --workspace."""


class NothingToRetry(Refusal):
    """{run} {state}: there is nothing to retry.
    To do the same once more, run its workspace with --rerun "WHY"."""


class ReasonNeeded(Refusal):
    """A run needs a reason of at least {minimum} characters; this one has {length}.
    Say what you try and what you expect: --reason "…"."""


class BadResultsSpec(Refusal):
    """The results that were given with the run cannot be used: {why}.
    Its keys are metric, direction, split, pick, minimum, goal, tolerance, secondary, baseline, context and caveats."""


class RunStillOpen(Refusal):
    """{run} has not ended, so that it cannot be judged yet.
    Follow it with `goldfish wait {run}`, or end it with `goldfish cancel {run} --reason "…"`."""


class AlreadyFinalized(Refusal):
    """{run} was judged before: {verdict}.
    To change that, say why: `goldfish amend {run} --reason "…"`. The earlier judgement stays in its history."""


class NotFinalized(Refusal):
    """{run} was not judged yet, so that there is nothing to amend.
    Judge it with `goldfish finalize {run}`."""


class NothingToAmend(Refusal):
    """This changes nothing of what was said about {run}.
    Say what is different: --verdict, --value STAGE=NUMBER, --comment, --learned or --next."""


class NoResultsSpec(Refusal):
    """{execution} is not judged by a number: it has no results in the pipeline.
    Leave its value out. Stages that have results: {stages}."""


class BadResultValue(Refusal):
    """The value of {stage!r} cannot be used: {why}.
    Give a finite number, or a mapping of value, metric, direction, split and goal."""


class ResultNotLogged(Refusal):
    """{execution} never logged {metric} = {given}.
    What it logged: {logged}. Give one of these, or no value to take the one that its results pick."""


class ResultContradictsSpec(Refusal):
    """The result of {execution} is not what was asked for: {why}.
    Give the value of what the spec names; another metric, split or direction needs a run with another spec."""


class VerdictNeedsReason(Refusal):
    """The verdict {verdict} of {run} contradicts the numbers: {why}.
    Give the verdict {expected}, or say why not: --reason "…"."""


class ReasonTooShort(Refusal):
    """The reason has {length} characters, fewer than the {minimum} that this project wants.
    Say why the judgement is another one than the numbers say, or than it was before."""


class NoteNeeded(Refusal):
    """{run} {ended}, and nothing says what that teaches.
    Say it with --comment "…" or --learned "…": the next one who tries this reads it."""


class GateClosed(Refusal):
    """{workspace} has {count} a verdict: {runs}.
    Judge each with `goldfish finalize RUN`, then ask again. `goldfish settings set gate=say` opens the gate."""


class BadProjectSetting(Refusal):
    """The project's settings cannot be changed: {why}.
    `goldfish settings show` lists them with what each means."""


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
    Name a place that does not exist yet; goldfish makes it, and overwrites nothing."""


# ── tools for agents ──────────────────────────────────────────────────────────────────────────────────────────────────


class UnknownTool(Refusal):
    """There is no tool {given!r}.
    tools/list names them all."""


class WrongArguments(Refusal):
    """The arguments of {tool} cannot be used: {why}.
    Its input schema says what each one is; correct them and call again."""


class OutOfReach(Refusal):
    """{path} is not a path that tools may use: {why}.
    Name a path inside the project, a reference like run-3/prepare.features, or an address like https://example.org/a.csv.
    People can bring in what lies elsewhere."""


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
