"""A real mail server on this machine, that keeps what comes and may be down, slow or unwilling."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.conftest import free_port


class Kept:
    """The messages that were taken."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.answer = "250 taken"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
        return self.answer

    @property
    def marks(self) -> list[str]:
        return [str(message["X-Caudal-Notice"]) for message in self.messages]

    @property
    def texts(self) -> list[str]:
        return [str(message.get_content()) for message in self.messages]


class Mail:
    def __init__(self) -> None:
        self.kept = Kept()
        self.port = free_port()
        self._controller: Controller | None = None

    @property
    def address(self) -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=caudal@example.org&to=lima@example.org&mode=insecure"

    def up(self) -> None:
        self._controller = Controller(self.kept, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def down(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@contextmanager
def mail_server() -> Iterator[Mail]:
    mail = Mail()
    mail.up()
    try:
        yield mail
    finally:
        mail.down()
