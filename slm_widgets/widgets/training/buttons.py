"""The switches of a training: Train, Pause or Continue, Stop, Resume."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from slm_widgets.language import say
from slm_widgets.widgets.border import set_tooltip


class TrainingButtons:
    """Four buttons; what they do is given, which of them can be pressed is told.

    Args:
        train: What each does, called without arguments.
    """

    def __init__(
        self,
        train: Callable[[], object],
        pause: Callable[[], object],
        stop: Callable[[], object],
        resume: Callable[[], object],
    ) -> None:
        self.train, self.pause, self.stop, self.resume = (button(action) for action in (train, pause, stop, resume))
        self.train.add_class("slm-go")
        self.all = (self.train, self.pause, self.stop, self.resume)

    def show(self, *, is_busy: bool, is_running: bool, is_paused: bool, may_resume: bool) -> None:
        """Draws all of them in the current language.

        Args:
            is_busy: A run of this panel is prepared, waits, trains or is paused.
            is_running: There is a run that can be paused and stopped.
            is_paused: It is paused.
            may_resume: The run that is shown ended before its last step.
        """
        self.train.disabled = is_busy
        self.pause.disabled = not is_running
        self.stop.disabled = not (is_busy or is_running)
        self.resume.layout.display = None if may_resume else "none"
        self.resume.disabled = is_busy
        self.train.description = say(en="Train", ko="학습")
        self.pause.description = say(en="Continue", ko="계속") if is_paused else say(en="Pause", ko="일시 정지")
        self.stop.description = say(en="Stop", ko="멈춤")
        self.resume.description = say(en="Resume", ko="이어서 학습")
        set_tooltip(
            self.train,
            say(
                en="Begins a new run with the design, the text and the settings as they are now.",
                ko="지금의 설계, 글, 설정으로 새로 학습합니다.",
            ),
        )
        set_tooltip(
            self.pause,
            say(en="Goes on with the next step.", ko="다음 스텝부터 계속합니다.")
            if is_paused
            else say(
                en="Waits after this step; Continue goes on.", ko="이 스텝까지 하고 쉽니다. 계속을 누르면 이어집니다."
            ),
        )
        set_tooltip(
            self.stop,
            say(
                en="Ends the training after this step and keeps the model; Resume goes on later.",
                ko="이 스텝까지 하고 끝내며 모델은 남깁니다. 나중에 이어서 학습할 수 있습니다.",
            ),
        )
        set_tooltip(
            self.resume,
            say(
                en="Goes on with this run where its last checkpoint is, in the same folder.",
                ko="이 실행을 마지막 체크포인트에서 같은 폴더에 이어서 학습합니다.",
            ),
        )


def button(action: Callable[[], object], *kinds: str) -> ipywidgets.Button:
    """A button of the panel.

    Args:
        action: Called without arguments on a click.
        *kinds: Further classes of the style sheet.
    """
    made = ipywidgets.Button()
    for kind in ("slm-button", *kinds):
        made.add_class(kind)
    made.on_click(lambda _: action())
    return made
