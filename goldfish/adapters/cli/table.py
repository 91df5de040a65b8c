"""Every command with its module and its one line of help, so that neither `--help` nor completion imports a command."""

from __future__ import annotations

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """Where a command is (`commands/<module>.py`, a function of its name), and what it does."""

    module: str
    help: str


SECTIONS: Final[dict[str, dict[str, Entry]]] = {
    "The project": {
        "init": Entry("projects", "Begin a project in a directory."),
        "status": Entry(
            "status", "Show where the project stands, the most needed first: the one call to find one's bearings."
        ),
        "goal": Entry("projects", "Say what the project, or a workspace, is for."),
        "invariant": Entry("projects", "Say what nobody is to change."),
        "settings": Entry("settings", "Show or change how strict goldfish is."),
    },
    "Data": {
        "source": Entry("sources", "Bring data into the project, and look after it."),
        "promote": Entry("sources", "Make an output of a run a revision of a source."),
        "get": Entry("sources", "Copy an output, an artifact or a source out of the project."),
    },
    "History from elsewhere": {
        "import": Entry("imports", "Record experiments that were carried out elsewhere."),
    },
    "Code": {
        "create": Entry("workspaces", "Begin a workspace, empty or from a workspace, version, run or tag."),
        "mount": Entry("workspaces", "Put a workspace's files into a directory, to be edited."),
        "sync": Entry("workspaces", "Record the files as they are now, without a version."),
        "save": Entry("workspaces", "Give the files the next version number."),
        "diff": Entry("differences", "Show what differs between any two of workspaces, versions, runs and tags."),
        "rollback": Entry("workspaces", "Put the files back to a version; what is there now is saved first."),
        "unmount": Entry("workspaces", "Record the files and take them out of their directory."),
        "tag": Entry("tags", "Give a version or a run a name."),
        "untag": Entry("tags", "Take a tag away."),
        "tags": Entry("tags", "List the tags and what they point to."),
        "prune": Entry("pruning", "Take versions out of the lists."),
        "delete": Entry("pruning", "Take an unmounted workspace out of all lists."),
        "restore": Entry("pruning", "Bring back pruned versions, or a deleted workspace."),
        "undo": Entry("undoing", "Take back what was done last, or at a position."),
    },
    "Pipelines": {
        "pipeline": Entry("pipelines", "Check or draw a pipeline without running it."),
        "contract": Entry("contracts", "See what outputs must be, and what they were."),
    },
    "Runs": {
        "run": Entry("requests", "Run a workspace's pipeline, or some of its stages."),
        "exec": Entry("scripts", "Run a program as it is, without a pipeline, and keep everything."),
        "retry": Entry("requests", "Ask again for what a run did not bring to a good end."),
        "wait": Entry("runs", "Follow a run to its end."),
        "progress": Entry("runs", "Show where a run is."),
        "logs": Entry("runs", "Show what a stage printed, while it runs and afterwards."),
        "cancel": Entry("runs", "End a run or one stage of it: stop what is under way, start nothing more."),
    },
    "Results": {
        "results": Entry("results", "Show what runs achieved beside their baselines and what came before."),
        "finalize": Entry("results", "Say what a run achieved that has ended."),
        "amend": Entry("results", "Judge a run anew, and say why."),
    },
    "Notes": {
        "think": Entry("notes", "Keep a thought, of the project, of a workspace or about a run."),
        "hypothesis": Entry("notes", "Keep what is to be found right or wrong, and say what became of it."),
        "decide": Entry("notes", "Keep a decision, and what it rests on."),
        "claim": Entry("claims", "Keep what runs are said to show, and see whether they do."),
        "note": Entry("notes", "Say a thought, a hypothesis or a decision in other words, or take it back."),
        "thoughts": Entry("notes", "List thoughts, hypotheses and decisions, newest first, or search them."),
    },
    "Questions": {
        "history": Entry("questions", "List runs, newest first, or the best first."),
        "similar": Entry("similarity", "Ask whether anything like an idea was tried before, and what came of it."),
        "search": Entry("searching", "Find runs, notes and all that was said, by words and by filters."),
        "show": Entry("questions", "Show everything about a run, a stage, a version, a workspace or a source."),
        "compare": Entry("comparing", "Show what differs between runs, groups of runs, or versions."),
        "groups": Entry("comparing", "List groups of runs: what they reached, and how much seeds change it."),
        "lineage": Entry("questions", "Show where something came from, or what was made of it."),
        "affected": Entry("findings", "Show every run, claim, decision and tag that depends on something bad."),
        "findings": Entry("findings", "List what was found out to be bad."),
        "finding": Entry("findings", "Show a finding, or take it back."),
    },
    "Analysis": {
        "sql": Entry("analysis", "Ask anything in SQL."),
        "export": Entry("analysis", "Write everything into files of your own."),
    },
    "The ledger": {
        "log": Entry("ledger", "Show the events themselves."),
        "verify": Entry("ledger", "Check every event, tree and artifact against its hash."),
        "rebuild": Entry("ledger", "Make every read model anew from the log."),
    },
    "Programs": {
        "demo": Entry("programs", "Tell a true story on real data, in under a minute."),
        "serve": Entry("programs", "Serve the project to agents over MCP, on standard input and output."),
        "completion": Entry("completion", "Print the script that completes commands in a shell."),
    },
}

HIDDEN: Final[dict[str, Entry]] = {
    "conduct": Entry("programs", "Carry out open runs until nothing is left to do."),
}

COMMANDS: Final[dict[str, Entry]] = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
