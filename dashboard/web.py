"""One of several web processes of a host: the port is already open, the settings come on the standard input."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time

import structlog

from dashboard.logs import set_up_logs
from dashboard.server import serve_here
from dashboard.settings import Settings
from data.clock import real_now
from data.store import create_store

log = structlog.get_logger()

LOOK_SECONDS = 1.0


def main() -> None:
    settings = Settings.model_validate_json(sys.stdin.read())
    set_up_logs(settings.log_format)
    threading.Thread(target=_stop_without, args=(int(sys.argv[1]),), name="parent", daemon=True).start()
    listener = socket.socket(fileno=int(sys.argv[2]))
    engine = create_store(settings.store_url)
    asyncio.run(serve_here(settings, engine, real_now, listener, lambda: None))


def _stop_without(parent: int) -> None:
    """Left alone, this process would hold the port, and nobody would evaluate alerts beside it."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    log.warning("the process that started this one is gone; stopping")
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
