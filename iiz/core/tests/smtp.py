"""A real mail server for tests: listens, refuses, hesitates, goes away and comes back."""

from __future__ import annotations

import asyncio
import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Takes mail on a port of its own and keeps the letters.

    ``replies`` maps an address to what it is answered instead of ``250``; ``data_replies`` the same after the letter
    was sent. ``delay`` is how many seconds it thinks before it takes a letter; ``choking`` addresses make it hang up.
    """

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.host, self.port = free.getsockname()
        self.letters: list[EmailMessage] = []
        self.connections = 0
        self.replies: dict[str, str] = {}
        self.data_replies: dict[str, str] = {}
        self.choking: set[str] = set()
        self.delay = 0.0
        self._controller: Controller | None = None

    @property
    def ids(self) -> list[str]:
        """The ``Message-ID`` of each letter taken, in their order."""
        return [str(letter["Message-ID"]) for letter in self.letters]

    @property
    def addresses(self) -> list[str]:
        """To whom each letter taken went, in their order."""
        return [str(letter["To"]) for letter in self.letters]

    def start(self) -> None:
        """Listen; again, after :meth:`stop`, on the same port."""
        self._controller = _Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Go away: whoever connects is turned down by the machine."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connection."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient or answer as told."""
        if address in self.choking:
            server.transport.abort()
        if address not in self.replies:
            envelope.rcpt_tos.append(address)
        return self.replies.get(address, "250 fine")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter, after some thought."""
        await asyncio.sleep(self.delay)
        (address,) = envelope.rcpt_tos
        if address in self.data_replies:
            return self.data_replies[address]
        assert isinstance(envelope.content, bytes)
        letter: Any = email.message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(letter)
        return "250 taken"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="test", enable_SMTPUTF8=True)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that listens within the block."""
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
