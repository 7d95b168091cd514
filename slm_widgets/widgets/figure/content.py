"""What there is to draw, whatever of it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from slm_widgets.language import say
from slm_widgets.widgets.figure.legend import Entry
from slm_widgets.widgets.figure.markers import Kind, Markers, Opened
from slm_widgets.widgets.figure.rules import overlay_look
from slm_widgets.widgets.figure.run_curves import RunCurves


@dataclass
class Content:
    """The run that is watched, and earlier ones laid over it.

    Args:
        floor: The entropy floor in nats per token, where it is known.
        max_steps: The length of the run, where it is known.
        overlays: Earlier runs by name.
        curves: Of the run that is watched.
        markers: Of the run that is watched.
        opened: The marker that is open: kind and step.
    """

    floor: float | None
    max_steps: int | None
    overlays: dict[str, RunCurves]
    curves: RunCurves
    markers: Markers = field(default_factory=Markers)
    opened: tuple[Kind, int] | None = None

    @property
    def reach(self) -> float:
        """The last step that there is, or will be."""
        overlays = [curves.last_step for curves in self.overlays.values()]
        return max(self.max_steps or 0, self.curves.last_step, *overlays, 1)

    @property
    def open_marker(self) -> Opened | None:
        """The marker that is open."""
        return self.markers.get(*self.opened) if self.opened else None

    def entries(self) -> list[Entry]:
        """What the legend names, in the current language."""
        found: list[Entry] = []
        if not (self.overlays and self.curves.is_empty):  # nothing but earlier runs: a comparison
            # Not the one word that the button to begin a training has: whoever hears the page could not tell them apart.
            found += [
                Entry("train", "slm-key-train", say(en="training loss", ko="학습 손실")),
                Entry("validation", "slm-key-validation", say(en="validation loss", ko="검증 손실")),
            ]
        if self.floor is not None:
            words = say(en=f"entropy floor {self.floor:.3f}", ko=f"엔트로피 하한 {self.floor:.3f}")
            found.append(Entry("floor", "slm-key-floor", words))
        if len(self.curves.lr):
            found.append(Entry("lr", "slm-key-lr", say(en="learning rate", ko="학습률")))
        if len(self.curves.grad_norm):
            found.append(Entry("grad_norm", "slm-key-grad_norm", say(en="gradient norm", ko="기울기 크기")))
        if self.markers.count("checkpoint"):
            found.append(Entry("checkpoint", "slm-key-checkpoint", say(en="checkpoints", ko="체크포인트")))
        if self.markers.count("sample"):
            found.append(Entry("sample", "slm-key-sample", say(en="samples", ko="예문")))
        return [*found, *(Entry(key(name), overlay_look(n), name) for n, name in enumerate(self.overlays))]


def key(name: str) -> str:
    """The legend's key of an earlier run, which may be called like one of our own curves."""
    return f"run {name}"
