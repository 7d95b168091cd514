"""The training itself: a generator of events over plain data. No thread, no asyncio, no MLflow, no widget, no folder."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

import torch

from slm_widgets.data import Batches, Dataset, Tokenizer
from slm_widgets.language import say
from slm_widgets.training.choices import Batch, Choices, Chooser
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.determinism import strictly_deterministic
from slm_widgets.training.divergence import LastGood
from slm_widgets.training.evaluation import evaluate
from slm_widgets.training.events import CheckpointDue, Evaluation, Event, Sample, Step
from slm_widgets.training.horizon import Horizon
from slm_widgets.training.judgement import Judgement
from slm_widgets.training.keeping import Keeping
from slm_widgets.training.learner import Learner
from slm_widgets.training.machine import MachineWatch
from slm_widgets.training.matrix_peak import matrix_peak
from slm_widgets.training.running_mean import RunningMean
from slm_widgets.training.sampling import default_prompt, write_sample
from slm_widgets.training.schedule import learning_rate
from slm_widgets.training.snapshot import Snapshot
from slm_widgets.training.step_costs import step_flops

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


class Training:
    """A model that learns, step by step, and tells each thing that happens.

    Whoever iterates over ``events`` is in charge: not asking for the next one pauses the training, closing the generator
    stops it. At each event the weights are whole (no step is half done), and ``snapshot`` holds everything besides them
    that is needed to go on exactly there: on a CPU the numbers are then bit for bit those of a training that was never
    interrupted, at the same number of threads.

    Args:
        model: Takes (B, T) int64 ids to (B, T, V) logits; its parameters' device is the training's. To go on, it holds the
            weights of the snapshot's step.
        dataset: The windows to train and to validate on.
        tokenizer: Reads the samples' prompt and writes the samples.
        config: All settings. ``dropout`` is the design's business (``with_dropout``), not the loop's.
        clock: Seconds that only run while the training does; a run that can pause gives its own.
        resumed: Where to go on, None for the beginning.
    """

    def __init__(
        self,
        model: LanguageModel,
        dataset: Dataset,
        tokenizer: Tokenizer,
        config: TrainConfig,
        *,
        clock: Callable[[], float] = time.perf_counter,
        resumed: Snapshot | None = None,
    ) -> None:
        self._model, self._dataset, self._tokenizer = model, dataset, tokenizer
        self._config, self._clock = config, clock
        self._device = next(model.parameters()).device
        self._horizon = Horizon(dataset, config)
        self._smooth = RunningMean.for_steps(self._horizon.steps)
        self._last_good = LastGood(model, config, self._horizon.steps)
        self._judgement = Judgement()
        self._keeping = Keeping(config, clock)
        self._watch = MachineWatch(self._device)
        self._resumed = resumed
        self._chooser = Chooser(model, config)
        self._elapsed_before_s = self._steps_began_s = 0.0
        self._began_s = self._ended_s = clock()
        self._is_at_end = False
        self._is_looked_at = False
        self._val_loss: float | None = None  # of the weights as they are
        self.step = 0
        self.is_whole = True
        """Whether the weights are those of ``step``: false only where an error came while they were changed."""
        if resumed is not None:
            self._go_on_from(resumed)
        given = self.step * config.grad_accumulation
        self._windows = Batches(dataset.train, config.batch_size, seed=config.seed, position=given)

    @property
    def elapsed_s(self) -> float:
        """Seconds of training so far, those before it was resumed included."""
        return self._elapsed_before_s + self._clock() - self._began_s

    @property
    def position(self) -> tuple[int, bool]:
        """The step, and whether the look after it (evaluation, sample) is done."""
        return self.step, self._is_looked_at

    @property
    def ended_early(self) -> str:
        """Why it is over before its steps or epochs are done, as a sentence; empty where they are, and while it goes on."""
        steps, minutes = self._horizon.steps, self._config.max_minutes
        if steps is not None and self.step >= steps:
            return ""
        if self._judgement.gives_up(self._config):
            return self._judgement.sentence(self._config)
        if steps is not None and self._is_at_end:
            return say(en=f"Its {minutes:g} minutes were over.", ko=f"정한 {minutes:g}분이 지났습니다.")
        return ""

    def events(self) -> Generator[Event]:
        """Trains, and tells each thing that happens; the model is left in eval mode, however it ends.

        Yields:
            ``Choice`` for what was left to ``auto``; ``Evaluation`` before the first step, every ``eval_every`` steps and at
            the end (with ``Progress`` within), ``Step`` after each step, ``Sample`` every ``sample_every`` steps and at the
            end (with ``Progress`` within), ``CheckpointDue`` where a checkpoint should be taken.

        Raises:
            DivergedError: where a loss or a gradient is not a finite number any more, or the loss explodes; the model then
                carries the last good weights.
            TrainingError: where ``precision`` or ``compile`` cannot be had.
        """
        self._began_s = self._ended_s = self._clock()
        self._is_at_end = self._horizon.is_reached(self.step, self.elapsed_s)
        try:
            with strictly_deterministic(self._config.deterministic):
                yield from self._settle()
                if not self._is_looked_at:
                    yield from self._look()
                while not self._is_over(self._judgement):
                    if not self._model.training:  # after an evaluation; walking over all modules takes its time
                        self._model.train()
                    yield from self._chooser.announce_compiling(self.step)
                    yield self._learn()
                    yield from self._look()
        finally:
            self._model.eval()
            self._model.zero_grad()  # else every model that was trained would hold as much again

    def snapshot(self) -> Snapshot:
        """Everything besides the weights that is needed to go on from the last event."""
        facts = {
            "looked": self._is_looked_at,
            "val_loss": self._val_loss if self._is_looked_at else None,
            "elapsed_s": self.elapsed_s,
            "steps_began_s": self._steps_began_s,
            "device": self._device.type,
            "smooth": self._smooth.state(),
            "judgement": self._judgement.facts(),
            "good": self._last_good.facts(),
            "kept": self._keeping.facts(),
            "choices": self._chooser.choices.facts(),
            "scaler": self._learner.precision.facts(),
        }
        return Snapshot(self.step, self._learner.optimizers.tensors(), facts)

    def kept(self, cost_s: float, is_whole: bool = True) -> None:
        """A checkpoint was taken, which took so many seconds; or, where it is not whole, could not be."""
        self._keeping.tried(cost_s)
        if is_whole:
            self._keeping.kept(self._val_loss)

    # -- the beginning --------------------------------------------------------------------------------------------------

    def _go_on_from(self, resumed: Snapshot) -> None:
        facts = resumed.facts
        self.step, self._is_looked_at, self._val_loss = resumed.step, bool(facts["looked"]), facts["val_loss"]
        self._elapsed_before_s, self._steps_began_s = float(facts["elapsed_s"]), float(facts["steps_began_s"])
        self._smooth.restore(facts["smooth"])
        self._judgement = Judgement.of(facts["judgement"])
        self._last_good.restore(facts["good"], self.step)
        self._keeping.restore(facts.get("kept", []), self._val_loss)

    def _settle(self) -> Iterator[Event]:
        """Chooses what is left to choose, and gets everything ready."""
        if self._resumed is not None and self._resumed.facts["device"] == self._device.type:
            yield from self._chooser.repeat(Choices.of(self._resumed.facts["choices"]))
        else:  # what suits one kind of processor does not suit another
            yield from self._chooser.choose(self._horizon.steps, self._batch_to_try)
        precision = self._last_good.precision = self._chooser.choices.precision
        self._learner = Learner(self._model, self._config, precision, self._chooser.loss)
        if self._resumed is not None:
            self._learner.optimizers.load(self._resumed.tensors)
            self._learner.precision.restore(self._resumed.facts["scaler"])
        windows = self._config.batch_size * self._config.grad_accumulation
        flops = step_flops(self._model.stack, windows, self._dataset.train.context_length)
        self._seconds_at_peak = flops / matrix_peak(self._device, self._learner.precision.dtype)

    def _batch_to_try(self) -> Batch:
        """A batch that is not taken away from the training: its first windows, unshuffled."""
        x, y = self._dataset.train.batch(torch.arange(self._config.batch_size) % len(self._dataset.train))
        return x.to(self._device), y.to(self._device)

    # -- one step -------------------------------------------------------------------------------------------------------

    def _learn(self) -> Step:
        began_s = self._clock()
        if self.step < 2:  # the pace of the steps is taken from the second on
            self._steps_began_s = self.elapsed_s
        total = self._horizon.at(self.step, self.elapsed_s, self._steps_began_s)
        lr = learning_rate(self.step, total, self._config)
        gradient = self._learner.gradient(self._batches(), self.step)
        self._last_good.note(gradient.loss, self.step)
        if self._learner.precision.scaler is None:  # which finds its scale by trying too large ones
            self._last_good.check(gradient.norm, self.step, what="gradient")
        self.is_whole = False
        self._learner.apply(lr, self.step + 1)
        self.step += 1
        self._is_looked_at, self._val_loss = False, None
        self.is_whole = True
        # Once for all that asks: a look may take longer than what is left.
        self._is_at_end = self._horizon.is_reached(self.step, self.elapsed_s)
        ended_s = self._clock()
        step_s, since_s = ended_s - began_s, ended_s - self._ended_s
        self._ended_s = ended_s
        machine = self._watch.now()
        # A step that is quicker shows that the peak was measured beside other work: this step is the peak then.
        self._seconds_at_peak = min(self._seconds_at_peak, step_s)
        return Step(
            self.step,
            gradient.loss,
            lr,
            gradient.norm,
            tokens_per_s=gradient.tokens / max(step_s, 1e-9),
            step_time_s=since_s,
            smooth_loss=self._smooth.add(gradient.loss),
            memory_bytes=machine.memory_bytes,
            gpu_memory_bytes=machine.gpu_memory_bytes,
            gpu_use=machine.gpu_use,
            peak_share=self._seconds_at_peak / step_s if step_s > 0 else math.nan,
        )

    def _batches(self) -> Iterator[Batch]:
        for x, y in self._windows:
            if self._device.type == "cuda":  # pinned memory is copied while the processor goes on
                x, y = x.pin_memory(), y.pin_memory()
            yield x.to(self._device, non_blocking=True), y.to(self._device, non_blocking=True)  # (B, T), (B, T)

    # -- between two steps ----------------------------------------------------------------------------------------------

    def _look(self) -> Generator[Event]:
        """Evaluates, writes a sample and asks for a checkpoint, where one of them is due."""
        config, step, judgement = self._config, self.step, self._judgement
        if step % config.eval_every == 0 or self._is_over(judgement):
            evaluation = yield from self._evaluate()
            self._val_loss = evaluation.val_loss
            judgement = judgement.after(evaluation.val_loss, config)
            yield evaluation
        is_last = self._is_over(judgement)
        if config.sample_every and step and (step % config.sample_every == 0 or is_last):
            prompt = config.sample_prompt or default_prompt(self._dataset, self._tokenizer)
            text = yield from write_sample(self._model, self._tokenizer, prompt, config, step)
            yield Sample(step, prompt, text)
        # All at once: a look that was cut off in the middle is taken again from its beginning.
        self._judgement, self._is_looked_at = judgement, True
        if self._keeping.is_due(step, self._val_loss) and not self._last_good.is_exploding:
            yield CheckpointDue(step)

    def _evaluate(self) -> Generator[Event, None, Evaluation]:
        scores = yield from evaluate(
            self._model,
            self._dataset.validation,
            self._config,
            self.step,
            bytes_per_token=self._dataset.bytes_per_token,
            autocast=self._learner.precision.autocast,
        )
        self._last_good.check(scores.val_loss, self.step)
        return scores.as_event(self.step, self.elapsed_s)

    def _is_over(self, judgement: Judgement) -> bool:
        return self._is_at_end or judgement.gives_up(self._config)
