"""Events to disk and to MLflow, off the training's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from slm_widgets.language import language, say, use_language
from slm_widgets.library import EventWriter, RunFolder
from slm_widgets.tracking import Tracker
from slm_widgets.training import Event

_INTERVAL_S = 0.2
_LONGEST_PAUSE_S = 5.0
_MOST_WAITING = 200_000  # some 100 MB, and at 20 ms a step more than an hour


class Recorder:
    """Writes events in batches; a killed process loses a fifth of a second of them.

    Where the disk is full or the folder cannot be written, they wait in memory and are tried again; the training goes on.

    ``error`` is why something could not be recorded: only once that is final, at the end or for what no second try can mend.

    Args:
        folder: The run's.
        tracker: Is handed all events too.
        notice: Is called with a sentence, on the recorder's thread, when writing fails, and when all was written after all.
    """

    def __init__(
        self, folder: RunFolder, tracker: Tracker | None, notice: Callable[[str], None] = lambda sentence: None
    ) -> None:
        self.error: Exception | None = None
        self._folder = folder
        self._writer = EventWriter(folder)
        self._tracker = tracker
        self._notice = notice
        self._language = language()
        self._events: list[Event] = []
        self._wake = threading.Event()
        self._is_closing = False
        self._rounds = threading.Condition()
        self._asked = self._answered = 0
        self._pause_s = 0.0
        self._again_at = 0.0
        self._is_thinned = False
        self._thread = threading.Thread(target=self._work, name="slm-recorder", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def put(self, event: Event) -> None:
        """Takes an event; returns at once. Once ``error`` is set nobody takes any more."""
        if self.error is not None:
            return
        self._events.append(event)  # one operation to Python, so that no lock is needed

    def flush(self, timeout_s: float = 5.0) -> None:
        """Returns once all events so far are on disk: a checkpoint must not know of steps that the records lack.

        Where they cannot be written now, or not in that time, it returns all the same.
        """
        with self._rounds:
            self._asked += 1
            asked = self._asked
            self._wake.set()
            self._rounds.wait_for(lambda: self._answered >= asked or not self._thread.is_alive(), timeout_s)

    def close(self) -> None:
        """Returns once everything is on disk; ``error`` says if it is not."""
        self._is_closing = True
        self._wake.set()
        if self._thread.ident is not None:  # a run that never had its turn records nothing
            self._thread.join()

    def _work(self) -> None:
        try:
            with use_language(self._language):
                while not self._is_closing:
                    self._wake.wait(_INTERVAL_S)
                    self._wake.clear()
                    asked = self._asked
                    self._record(to_disk=asked > self._answered)
                    with self._rounds:
                        self._answered = asked
                        self._rounds.notify_all()
                self._again_at = 0.0
                self._record(to_disk=True, is_last=True)
        except Exception as error:
            # Whatever it is: a thread that died in silence would leave a run without its numbers.
            self.error = error
            if not self._is_closing:  # else the run itself ends with it
                with use_language(self._language):
                    self._notice(_recorded_no_more(error))

    def _record(self, to_disk: bool = False, is_last: bool = False) -> None:
        count = len(self._events)
        events = self._events[:count]
        del self._events[:count]  # the training's thread may have added some meanwhile; they stay
        if self._tracker is not None:
            self._tracker.put(events)  # none, too
        is_due = time.monotonic() >= self._again_at
        try:
            self._write(events, is_due)
            if to_disk and is_due:
                self._writer.sync()
        except OSError as error:
            if is_last:
                raise
            self._failed(error)

    def _write(self, events: list[Event], is_due: bool) -> None:
        if not is_due:
            self._writer.keep(events)
        else:
            self._writer.write(events)
            if self._pause_s:
                self._recovered()
        if self._writer.waiting > _MOST_WAITING:
            self._thin()

    def _failed(self, error: OSError) -> None:
        if not self._pause_s:
            self._notice(
                say(
                    en=f"The numbers of this run cannot be written to {self._folder.path} ({error.strerror or error}). The "
                    "training goes on, they wait in memory and are written as soon as possible. Make room on the disk, or "
                    "make the folder writable again.",
                    ko=f"이 실행의 값을 {self._folder.path}에 쓸 수 없습니다({error.strerror or error}). 학습은 계속되고, 값은 "
                    "메모리에서 기다리다가 쓸 수 있게 되면 바로 기록됩니다. 디스크 공간을 비우거나 폴더를 다시 쓸 수 있게 하세요.",
                )
            )
        self._pause_s = min(_LONGEST_PAUSE_S, 2 * self._pause_s or 0.5)
        self._again_at = time.monotonic() + self._pause_s

    def _recovered(self) -> None:
        self._pause_s = 0.0
        sentence = say(
            en=f"{self._folder.path} can be written again: all that waited is on disk now.",
            ko=f"{self._folder.path}에 다시 쓸 수 있습니다. 기다리던 값이 모두 기록되었습니다.",
        )
        if self._is_thinned:
            self._is_thinned = False
            sentence = say(
                en=f"{self._folder.path} can be written again: what waited is on disk now, of the steps of that time only a "
                "part.",
                ko=f"{self._folder.path}에 다시 쓸 수 있습니다. 기다리던 값이 기록되었고, 그동안의 스텝은 일부만 남았습니다.",
            )
        self._notice(sentence)

    def _thin(self) -> None:
        self._writer.thin()
        if not self._is_thinned:
            self._is_thinned = True
            self._notice(
                say(
                    en=f"More than {_MOST_WAITING:,} numbers of this run wait for the disk. From now on evaluations and samples "
                    "are kept, and of the steps only a part.",
                    ko=f"이 실행의 값이 {_MOST_WAITING:,}개 넘게 디스크를 기다리고 있습니다. 이제부터 검증 결과와 예문은 모두 "
                    "남기고, 스텝은 일부만 남깁니다.",
                )
            )


def _recorded_no_more(error: Exception) -> str:
    reason = f"{type(error).__name__}: {error}"
    return say(
        en=f"The numbers of this run are no longer recorded ({reason}). The training goes on.",
        ko=f"이 실행의 값을 더 이상 기록할 수 없습니다({reason}). 학습은 계속됩니다.",
    )
