"""What a probe says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """One weakness that was seen, or the reason why nothing could be seen."""

    subject: str
    """The operation's id, or `project`."""
    message: str
    scenario: str = ""
    """The scenario whose requests were used."""


@dataclass(frozen=True)
class Verdict:
    """What one probe did on one subject: it ran, or it says why there was nothing to ask (`skipped`)."""

    rule: str
    subject: str
    found: tuple[Found, ...]
    seconds: float
    asked: int = 0
    """Requests that were sent."""
    skipped: str = ""
