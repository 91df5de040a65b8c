"""Use cases around the log itself: read it, and prove that it is as it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from goldfish.api.answers import DamageAnswer, EventAnswer, VerifyAnswer
from goldfish.api.core import Core
from goldfish.domain.executions import Execution
from goldfish.domain.names import Digest, TreeId
from goldfish.domain.references import references
from goldfish.domain.sources import Source
from goldfish.ledger.chain import Damage
from goldfish.ledger.envelope import Envelope, utc_text

PAGE = 500


class LedgerQuestions(Core):
    """What auditors ask."""

    def log(self, *, after: int = 0, limit: int = 50, stream: str | None = None) -> list[EventAnswer]:
        """Events after a position, oldest first; of one stream if given."""
        journal = self.application.journal
        events = (
            journal.page(after, limit) if stream is None else [e for e in self._stream(stream) if e.position > after]
        )
        return [_event(e) for e in events[:limit]]

    def tail(self, limit: int = 50) -> list[EventAnswer]:
        """The newest events, oldest of them first."""
        return self.log(after=max(0, self.application.journal.head() - limit), limit=limit)

    def verify(self, on_progress: Callable[[str, int, int], None] | None = None) -> VerifyAnswer:
        """Check the chain, the positions, the versions, and each tree and artifact that an event names.

        `on_progress` is told what is checked, how many are done, and of how many.
        """
        say = on_progress or (lambda _what, _done, _all: None)
        say("events", 0, 1)
        found = list(self.application.journal.damages())
        broken = any(d.position or d.what in ("file", "missing") for d in found)
        trees, artifacts, elsewhere, head = self._referenced() if not broken else ({}, {}, 0, None)
        total = len(trees) + len(artifacts)
        for done, (damage, of) in enumerate(self._outside(trees, artifacts)):
            say(of, done, total)
            found += damage
        return VerifyAnswer(
            sound=not found,
            events=self.application.journal.head() if not broken else 0,
            head=head,
            trees=len(trees),
            artifacts=len(artifacts),
            elsewhere=elsewhere,
            damages=[DamageAnswer(position=d.position, what=d.what, why=d.why) for d in found],
        )

    def _stream(self, stream: str) -> list[Envelope]:
        from goldfish.domain.names import Stream, workspace_stream

        loaded = self.application.journal.load(Stream(stream))
        return loaded or self.application.journal.load(workspace_stream(stream))

    def _referenced(self) -> tuple[dict[str, int], dict[str, int], int, str | None]:
        """The trees and artifacts that events name, each with the first position that does.

        Bytes that only a source in place has are nobody's to keep: they are counted, and `check_sources` compares them.
        """
        trees: dict[str, int] = {}
        artifacts: dict[str, int] = {}
        kept: set[str] = set()
        elsewhere: set[str] = set()
        after = 0
        while page := self.application.journal.page(after, PAGE):
            for envelope in page:
                match envelope.event:
                    case Source.Registered(location=str(), digest=digest):
                        elsewhere.add(digest)
                    case Source.Registered(digest=digest) | Execution.OutputCaptured(digest=digest):
                        kept.add(digest)
                for kind, name in references(envelope.event.model_dump(mode="json")):
                    (trees if kind == "tree" else artifacts).setdefault(name, envelope.position)
            after = page[-1].position
        elsewhere -= kept
        artifacts = {digest: position for digest, position in artifacts.items() if digest not in elsewhere}
        return trees, artifacts, len(elsewhere), self.application.journal.hash_of(after)

    def _outside(self, trees: dict[str, int], artifacts: dict[str, int]) -> Iterator[tuple[list[Damage], str]]:
        for tree, position in trees.items():
            problems = self.services.snapshots.verify(TreeId(tree))
            yield [Damage(position, "tree", problem) for problem in problems], "trees"
        for digest, position in artifacts.items():
            problems = self.services.artifacts.verify(Digest(digest))
            yield [Damage(position, "artifact", problem) for problem in problems], "artifacts"


def _event(e: Envelope) -> EventAnswer:
    return EventAnswer(
        position=e.position,
        stream=e.stream,
        version=e.version,
        name=e.event.NAME,
        at=utc_text(e.at),
        actor=f"{e.actor.kind}:{e.actor.name}",
        command_id=e.command_id,
        because_of=e.because_of,
        data=e.event.model_dump(mode="json"),
    )
