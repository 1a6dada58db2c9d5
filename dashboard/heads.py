"""HTTP as uvicorn speaks it, without patience for a request whose head never ends."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

# Longer than any browser on a bad line needs for a few hundred bytes.
HEAD_SECONDS = 20.0


class PromptHeads(H11Protocol):
    """Closes a connection that has not sent the whole head of its next request within HEAD_SECONDS.

    uvicorn itself waits for ever, so that a few hundred half-sent requests would keep as many connections.
    """

    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        """The time runs from the first byte, or from the connection; between requests uvicorn's own limit holds."""
        if self.conn.their_state is not h11.IDLE:
            self._forget_head()
        elif self._head_due is None:
            self._head_due = self.loop.call_later(HEAD_SECONDS, self._late)

    def _late(self) -> None:
        self._head_due = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()

    def _forget_head(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None
