"""The steps of a guided first task: what is said, and what act ticks it off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    says: str
    """Code word of the sentence, which may use {done} and {times}."""
    by: str
    """What ticks it off, as the desk says it: `receive`, `dispense`, `repeated`, `asked`, `answered`, `stop`,
    `held`, `task_dispense`; as the window says it: `camera_on`, `language`, `keys`, `delivered`."""
    times: int = 1
    """How often it has to be done."""


FIRST_TASK = (
    Step("demo_step_receive", by="receive"),
    Step("demo_step_repeat", by="repeated"),
    Step("demo_step_dispense", by="dispense"),
    Step("demo_step_deliver", by="delivered"),
)
"""Receive, be told kindly about a second scan, dispense, see it delivered."""
