"""What model servers said, so that an equal request is not paid twice, and which forms of reply they know."""

from dataclasses import dataclass

from sqlalchemy import select

from dashboard.store.judging_schema import OutputModeRow, ReplyRow
from dashboard.store.store import Store


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A reply to a request, with what it took; tokens are None where the server did not count."""

    model: str
    text: str
    tokens_in: int | None
    tokens_out: int | None
    latency_ms: float


class StoredReplies:
    """The replies that a database keeps. Safe to use from several threads.

    Args:
        store: The open database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, request_hash: str) -> StoredReply | None:
        """Return what was said to a request with this hash, None when it was never asked."""
        query = select(
            ReplyRow.model, ReplyRow.text, ReplyRow.tokens_in, ReplyRow.tokens_out, ReplyRow.latency_ms
        ).where(ReplyRow.request_hash == request_hash)
        with self._store.read() as session:
            row = session.execute(query).first()
        return StoredReply(*row) if row is not None else None

    def keep(self, request_hash: str, reply: StoredReply) -> None:
        """Keep what was said to a request; a later reply takes the place of an earlier one."""
        row = {
            "request_hash": request_hash,
            "model": reply.model,
            "text": reply.text,
            "tokens_in": reply.tokens_in,
            "tokens_out": reply.tokens_out,
            "latency_ms": reply.latency_ms,
        }
        self._store.write_repeatable(lambda session: session.merge(ReplyRow(**row)))

    def mode(self, server_hash: str, model: str) -> str:
        """Return the form of reply that a server is known to give with a model, empty when unknown."""
        with self._store.read() as session:
            row = session.get(OutputModeRow, (server_hash, model))
        return row.mode if row is not None else ""

    def learn(self, server_hash: str, model: str, mode: str) -> None:
        """Remember the form of reply that a server gives with a model."""
        with self._store.write() as session:
            session.merge(OutputModeRow(server_hash=server_hash, model=model, mode=mode))
