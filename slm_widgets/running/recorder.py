"""Events to disk and to MLflow, off the training's thread."""

from __future__ import annotations

import threading

from slm_widgets.library import EventWriter, RunFolder
from slm_widgets.tracking import Tracker
from slm_widgets.training import Event

_INTERVAL_S = 0.1


class Recorder:
    """Writes events in batches; a killed process loses a tenth of a second of them.

    ``error`` is why something could not be written, mostly what the disk said; nothing is recorded from then on.
    """

    def __init__(self, folder: RunFolder, tracker: Tracker | None) -> None:
        self.error: Exception | None = None
        self._writer = EventWriter(folder)
        self._tracker = tracker
        self._events: list[Event] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="slm-recorder", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def put(self, event: Event) -> None:
        """Takes an event; returns at once."""
        with self._lock:
            self._events.append(event)

    def close(self) -> None:
        """Returns once everything is on disk; ``error`` says if it is not."""
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            try:
                while not self._closing.wait(_INTERVAL_S):
                    self._record()
                self._record()
            finally:
                self._writer.close()
        except (
            Exception
        ) as error:  # whatever it is: a thread that died in silence would leave a run without its numbers
            self.error = error

    def _record(self) -> None:
        with self._lock:
            events, self._events = self._events, []
        if events:
            self._writer.write(events)
            if self._tracker is not None:
                self._tracker.put(events)
