"""One of several web processes of a host: the port is already open, the settings come on the standard input."""

from __future__ import annotations

import asyncio
import socket
import sys

from dashboard.logs import set_up_logs
from dashboard.server import serve_here
from dashboard.settings import Settings
from data.clock import real_now
from data.store import create_store


def main() -> None:
    settings = Settings.model_validate_json(sys.stdin.read())
    set_up_logs(settings.log_format)
    listener = socket.socket(fileno=int(sys.argv[2]))
    engine = create_store(settings.store_url)
    asyncio.run(serve_here(settings, engine, real_now, listener, lambda: None))


if __name__ == "__main__":
    main()
