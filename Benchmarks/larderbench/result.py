"""One line of the table."""

from dataclasses import dataclass, field

from .intervals import Estimate


@dataclass
class Result:
    row: str
    what: str
    """The figure that is judged: lower is better."""
    value: float | None = None
    unit: str = "ratio"
    estimate: Estimate | None = None
    target: float | None = None
    goal: float | None = None
    """What the figure is made of, for the reader."""
    details: list[str] = field(default_factory=list)
    skipped: str | None = None
    """Why it could not be measured."""
    failure: str | None = None

    @property
    def verdict(self) -> str:
        if self.failure:
            return "FAILED"
        if self.skipped:
            return "skipped"
        if self.value is None:
            return "missing"
        if self.target is None:
            return "-"
        if self.value > self.target:
            return "MISSED"
        return "goal" if self.goal is not None and self.value <= self.goal else "met"

    @property
    def has_failed(self) -> bool:
        return self.verdict in ("MISSED", "missing", "FAILED")

    def figure(self, number: float | None) -> str:
        if number is None:
            return "-"
        return f"{number:.2f}" if self.unit == "ratio" else f"{number:,.0f} {self.unit}".strip()

    @property
    def remarks(self) -> list[str]:
        return [text for text in (self.skipped, self.failure) if text] or self.details

    @property
    def interval(self) -> str:
        if self.estimate is None:
            return "-"
        return f"{self.estimate.low:.2f}..{self.estimate.high:.2f}"
