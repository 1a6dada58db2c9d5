from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What a long proof took is shown when it has passed, too."""
    for report in terminalreporter.stats.get("passed", []):
        for name, told in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid}\n    {told}")
