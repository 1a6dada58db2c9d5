"""How sure a figure is: its reports came, came in time, and nobody doubts what they say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Checked:
    """Lines of a figure: all of them, and those that somebody still has to say something about. A line may be doubted
    and reported twice; `unsure` counts it once. `held`: received, and waiting because their period is closed."""

    lines: int = 0
    doubted: int = 0
    held: int = 0
    twice: int = 0
    unsure: int = 0

    def __add__(self, other: Checked) -> Checked:
        return Checked(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def valid(self) -> float | None:
        """Share of the lines that nothing is asked about; None where there are none."""
        return (self.lines - self.unsure) / self.lines if self.lines else None


@dataclass(frozen=True)
class Sureness:
    """The three parts of a figure's confidence, each a share; None: nothing agreed, or nothing reported."""

    complete: float | None
    on_time: float | None
    checked: Checked

    @property
    def score(self) -> float | None:
        """0 to 100: the mean of the parts that are known; None where nobody agreed how often it is reported."""
        if self.complete is None or self.on_time is None:
            return None
        parts = [self.complete, self.on_time, *([] if self.checked.valid is None else [self.checked.valid])]
        return 100 * sum(parts) / len(parts)
