"""What a page's main thread did meanwhile, from Chromium's own trace.

CPU time is counted, not the clock: what else the machine does is no work of the page's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_CATEGORIES = (
    "toplevel,devtools.timeline,disabled-by-default-devtools.timeline,disabled-by-default-devtools.timeline.frame"
)
_INPUTS = {"wheel", "pointermove", "mousemove"}
"""A frame in which none of these came is no frame of the gesture; to count it would make the median look better."""


@dataclass(frozen=True)
class Task:
    """One turn of the event loop; times in microseconds."""

    start: int
    end: int
    cpu: int


@dataclass(frozen=True)
class Trace:
    """The main thread during one gesture."""

    tasks: list[Task]
    frames: list[int]
    """When each frame began."""
    inputs: list[int]
    """When the pointer was moved or the wheel turned."""

    def frames_ms(self) -> list[float]:
        """The work between the beginnings of two frames, of those that had something to follow."""
        work: list[float] = []
        for start, end in zip(self.frames, self.frames[1:], strict=False):
            if any(start <= at < end for at in self.inputs):
                work.append(sum(task.cpu for task in self.tasks if start <= task.start < end) / 1000)
        return work

    def total_ms(self) -> float:
        """All that it did."""
        return sum(task.cpu for task in self.tasks) / 1000

    def longest_ms(self) -> float:
        """The longest time for which it could not have answered."""
        return max((task.cpu for task in self.tasks), default=0) / 1000


def trace(page: Page, gesture: Callable[[], None]) -> Trace:
    """Traces a page during a gesture."""
    return read_trace(events_of(page, gesture))


def events_of(page: Page, gesture: Callable[[], None], categories: str = _CATEGORIES) -> list[dict[str, Any]]:
    """Everything that the browser writes down during a gesture."""
    client = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    done: list[bool] = []
    client.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    client.on("Tracing.tracingComplete", lambda _: done.append(True))
    client.send("Tracing.start", {"categories": categories, "transferMode": "ReportEvents"})
    gesture()
    client.send("Tracing.end")
    while not done:
        page.wait_for_timeout(50)
    client.detach()
    return events


def read_trace(events: list[dict[str, Any]]) -> Trace:
    """The thread that began most frames is the main thread of the page in front."""
    begun = [(event["pid"], event["tid"]) for event in events if event["name"] == "BeginMainThreadFrame"]
    main = max(set(begun), key=begun.count)
    own = sorted((event for event in events if (event["pid"], event["tid"]) == main), key=lambda event: event["ts"])
    tasks: list[Task] = []
    for event in own:
        # A task within another (a nested loop) is part of that one.
        if event["name"] == "RunTask" and not (tasks and event["ts"] < tasks[-1].end):
            tasks.append(Task(event["ts"], event["ts"] + event.get("dur", 0), event.get("tdur", event.get("dur", 0))))
    return Trace(
        tasks,
        [event["ts"] for event in own if event["name"] == "BeginMainThreadFrame"],
        [event["ts"] for event in own if event["name"] == "EventDispatch" and event["args"]["data"]["type"] in _INPUTS],
    )
