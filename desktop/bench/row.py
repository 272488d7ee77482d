"""One figure of a benchmark: ours beside a named baseline that was measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Row:
    """A line that `tracedesk bench` prints; the ratio is what may be quoted, never the absolute time."""

    bench: str
    row: str
    ours: float
    baseline: float
    baseline_name: str
    better: Literal["lower", "higher"]
    unit: str
    n: int
    """How many measurements stand behind the figure."""

    @property
    def ratio(self) -> float:
        """Ours divided by the baseline; infinite when the baseline is 0 and ours is not."""
        if self.baseline:
            return self.ours / self.baseline
        return 1.0 if not self.ours else float("inf")

    def json(self) -> dict[str, object]:
        """The row as its JSON object."""
        return {
            "bench": self.bench,
            "row": self.row,
            "ours": round(self.ours, 4),
            "baseline": round(self.baseline, 4),
            "baseline_name": self.baseline_name,
            "ratio": round(self.ratio, 3),
            "better": self.better,
            "unit": self.unit,
            "n": self.n,
        }
