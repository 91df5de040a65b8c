"""What each recorded field means: a sentence each, for readers of the ledger in any language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from goldfish.domain.project_settings import ProjectSettings

ANYWHERE: Final[Mapping[str, str]] = {
    "goal": "What is to be reached, in the words of whoever set it.",
    "tree": "The git tree of the files: 40 hex digits.",
    "slot": "The directory below `workspaces/`.",
    "digest": "SHA-256 of the bytes: `sha256:` and 64 hex digits.",
    "size": "Bytes.",
    "workspace": "The workspace's name.",
    "number": "The version's number in its workspace, from 1.",
    "text": "What was thought.",
    "about": "A reference to what it is about, like run-3.",
    "type": "One of the signal types.",
    "reason": "Why, in the words of whoever asked.",
}

EVENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "run.stage-cancel-requested": {"stage": "The stage of the run."},
    "project.founded": {"name": "What the project is called."},
    "project.invariant-added": {
        "number": "Its number, from 1, which no other invariant is ever given.",
        "text": "What nobody is to change.",
    },
    "project.invariant-retired": {"number": "The invariant's number."},
    "workspace.created": {
        "name": "The workspace's name.",
        "base": "The version it began with, like baseline@v3; null when it began empty.",
    },
    "workspace.edits-synced": {
        "files": "How many files the tree holds.",
        "skipped": "What was left out of the tree.",
    },
    "workspace.version-saved": {
        "message": "What changed, in the words of whoever saved it.",
        "by": "What made it a version.",
    },
    "workspace.files-imported": {
        "came_from": "The directory.",
        "files": "How many files the tree holds.",
        "skipped": "What was left out of the tree.",
    },
    "workspace.rolled-back": {
        "to": "The number of the version.",
        "tree": "The tree of that version.",
        "safety": "The tree of what was there before.",
    },
    "note.logged": {
        "kind": "What it is; the stream is named after it.",
        "text": "The words.",
        "workspace": "The workspace it belongs to; null for the project as a whole.",
        "about": "References to what it is about.",
        "because": "References to what a decision rests on.",
        "instead_of": "References to what was not chosen; an earlier decision among them is superseded.",
    },
    "note.amended": {
        "text": "The words from now on.",
        "about": "References to what it is about from now on; null when that stays as it was.",
    },
    "note.resolved": {
        "resolution": "What became of the hypothesis.",
        "text": "Why, in the words of whoever resolved it.",
        "evidence": "References to what shows it.",
    },
    "note.superseded": {"by": "The decision that stands in its place."},
    "tag.set": {"name": "The tag.", "target": "What it points to: baseline@v3 or run-12."},
    "tag.moved": {
        "name": "The tag.",
        "target": "What it points to from now on: baseline@v3 or run-12.",
        "was": "What it pointed to before.",
    },
    "tag.removed": {"name": "The tag.", "was": "What it pointed to."},
    "source.registered": {
        "name": "The source's name.",
        "revision": "1, 2, 3 … within the source.",
        "size": "Bytes of all its files.",
        "came_from": "The path, address or reference that was given; no password or token of an address is kept.",
        "described": "What goldfish found in it: shape, dtype, columns, rows, files, a few values.",
        "text": "What it holds, in the words of whoever registered it.",
        "origin": "The output or revision whose bytes these are, like run-3/prepare.features.",
        "location": "Where the bytes are, when they were not copied into the project.",
    },
    "source.described": {
        "revision": "The newest revision at that time.",
        "text": "What it holds; null when only columns were described.",
        "columns": "What columns or arrays mean, by name; the others keep what was said.",
    },
    "source.found-changed": {
        "revision": "The revision.",
        "files": "What differs, at most 20; each path with what is wrong.",
        "more": "How many more differ.",
    },
    "source.found-unchanged": {"revision": "The revision."},
    "run.requested": {
        "tree": "The files of that version.",
        "pipeline": "The pipeline's name.",
        "stages": "The stages, resolved to the last value.",
        "reason": "What is tried and expected.",
        "environment": "What the code runs on.",
        "seed": "The seed; null without one.",
        "fingerprint": "Equal for requests that are the same experiment.",
        "rerun_of": "The earlier run with this fingerprint that is repeated.",
        "rerun_reason": "Why it is repeated.",
        "group": "The group that it was put into.",
        "fresh": "Whether every stage had to be carried out, whatever was done before.",
    },
    "run.parked": {
        "policy": "The step that failed.",
        "error": "The last error.",
        "tries": "How often it was tried.",
    },
    "run.finished": {
        "outcome": "How it ended.",
        "cause": "Why it ended so, in one sentence.",
        "stages": "The outcome of each stage that began.",
    },
    "project.configured": {"settings": "All settings, as they are from now on."},
    "run.finalized": {
        "verdict": "What it achieved.",
        "values": "The number of each stage that has a results spec.",
        "comment": "What is to be said of it; null when nothing was.",
        "learned": "What it taught; null when nothing was said.",
        "next_steps": "What should come next.",
        "reason": "Why the verdict is another one than the numbers say; null when it is not.",
    },
    "run.amended": {
        "verdict": "What it achieved, as it is seen from now on.",
        "values": "The number of each stage that has a results spec, as they are from now on.",
        "comment": "What is to be said of it from now on.",
        "learned": "What it taught.",
        "next_steps": "What should come next.",
    },
    "execution.launch-intended": {
        "attempt": "Which attempt this is, from 1.",
        "backend": "Where it will be carried out.",
        "inputs": "The bytes that the stage is given.",
        "fingerprint": "Equal for executions that do the same work on the same bytes.",
    },
    "execution.reused": {
        "execution": "The execution that did the work.",
        "fingerprint": "Equal for executions that do the same work on the same bytes.",
        "inputs": "The bytes that the stage would have been given.",
    },
    "execution.launched": {"handle": "The backend's own name for it."},
    "execution.launch-refused": {"why": "The reason of the backend."},
    "execution.exited": {
        "ended_by": "What ended the process.",
        "exit_code": "Its exit code; null when a signal killed it.",
        "signal": "The signal that killed it; null when it exited.",
        "seconds": "Wall time.",
        "peak_memory": "The most resident memory of all its processes, in bytes.",
        "failure": "The error that the stage itself reported.",
    },
    "execution.lost": {"why": "What is known."},
    "execution.output-captured": {
        "name": "The output's name in the pipeline.",
        "described": "What its header says: shape, dtype, columns, rows, files.",
    },
    "execution.output-refused": {
        "name": "The output's name in the pipeline.",
        "why": "What is wrong with it.",
    },
    "execution.metrics-sealed": {
        "digest": "The Parquet file of all points; null without points.",
        "points": "How many points.",
        "summary": "By metric, at most 1,000 of them.",
        "more": "Metrics beyond the summary; their points are in the file.",
    },
    "execution.log-kept": {"log": "The kept output."},
    "execution.artifact-logged": {"name": "The name that the stage gave it."},
    "execution.check-evaluated": {
        "check": "The check's name.",
        "subject": "What it looked at.",
        "verdict": "What it found.",
        "severity": "What a failed verdict does: `block` fails the stage.",
        "sentence": "The finding in one sentence.",
        "evidence": "The numbers behind it.",
    },
    "execution.concluded": {
        "outcome": "How it ended.",
        "cause": "Why it ended so, in one sentence.",
    },
}

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "Reason": {
        "description": "What is tried.",
        "hypothesis": "What is believed.",
        "approach": "How it is done.",
        "expected": "What would confirm it.",
    },
    "Limits": {
        "seconds": "Wall time.",
        "memory": "Bytes of memory.",
        "log": "Bytes kept of what it prints.",
        "outputs": "Bytes of all outputs together.",
    },
    "OutputPlan": {"name": "The output's name."},
    "InputPlan": {
        "name": "The input's name.",
        "stage": "The stage of this run that writes it; null when the bytes are known.",
        "signal": "The output of that stage.",
        "digest": "The bytes, when they are known; else null.",
        "ref": "What these bytes are known as: digits@r1, run-3/prepare.features.",
    },
    "StagePlan": {
        "name": "The stage's name.",
        "module": "The Python file in the workspace.",
        "inputs": "What it reads.",
        "outputs": "What it promises to write.",
        "config": "Its configuration, resolved.",
        "overridden": "Dotted keys of `config` that the request set.",
        "environment": "Variables that the pipeline sets for it.",
        "limits": "What it may use.",
    },
    "Environment": {
        "python": "The interpreter's version.",
        "platform": "Operating system and processor.",
        "packages": "Digest of a JSON object, package to version.",
    },
    "ResolvedInput": {"name": "The input's name.", "ref": "What the bytes are known as."},
    "LogFile": {
        "digest": "The bytes that were kept.",
        "kept": "How many bytes were kept.",
        "written": "How many bytes were printed.",
    },
    "Failure": {
        "type": "The exception's class.",
        "message": "What it says, up to 2,000 characters.",
        "where": "File and line in the user's code.",
    },
    "MetricSummary": {
        "count": "Points.",
        "non_finite": "Points that are NaN or infinite.",
        "first": "The first finite value.",
        "last": "The last finite value.",
        "last_is_finite": "Whether the last point of all is finite.",
        "min": "The smallest finite value.",
        "max": "The largest finite value.",
        "min_step": "Where the smallest is: the caller's step, or the point's index.",
        "max_step": "Where the largest is.",
        "last_step": "Where the last finite value is.",
    },
    "ResultsSpec": {
        "metric": "The metric that counts.",
        "direction": "Which way is better.",
        "split": "The part of the data that it is measured on.",
        "pick": "Which logged value counts: the last one, or the best over all steps.",
        "minimum": "Worse than this is a miss.",
        "goal": "At least this good is a success.",
        "tolerance": "Differences up to this are noise.",
        "secondary": "Metrics that are shown beside it.",
        "baseline": "What it is compared with: @tag, run-3 or baseline@v2.",
        "context": "What the number means.",
        "caveats": "What is to be kept in mind about it.",
    },
    "StageValue": {
        "stage": "The stage.",
        "metric": "The metric that the stage is judged by.",
        "split": "The part of the data that it was measured on.",
        "direction": "Which way is better.",
        "value": "The number; null when there is none.",
        "step": "The step at which it was logged; null when there is none.",
    },
    "ProjectSettings": {
        name: field.description or "" for name, field in ProjectSettings.model_fields.items()
    },
    "Skipped": {"path": "Below the workspace's directory.", "why": "The rule that leaves it out."},
}
