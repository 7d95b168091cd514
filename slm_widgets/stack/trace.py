"""Follows what flows through a design: each layer at its place, with everything that the document left out filled in.

The one walk behind problems, shapes, counts and the built model. It never raises: where a layer is wrong its problem is
noted and the walk goes on with a guess (guess.py), so that one mistake is reported once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from slm_widgets.layers import TOKENS, Flow, Layer, Place, Problem, layer_types
from slm_widgets.layers.place import LONGEST, SOURCE
from slm_widgets.stack import complaints
from slm_widgets.stack.dialects.spelling import field_names
from slm_widgets.stack.guess import Guess, after_mistake, believed, doubted, guess, is_doubtful, said_width
from slm_widgets.stack.nodes import Draft
from slm_widgets.stack.references import INPUT, canonical_reference, referred_id
from slm_widgets.stack.skeleton import broken_module

ASSUMED_VOCABULARY = 256
"""The vocabulary size used for shapes and counts while no tokenizer is chosen: that of single bytes."""


@dataclass(frozen=True)
class Step:
    """One layer at its place.

    Args:
        layer: The layer with everything filled in that the document left out.
        place: What surrounds it.
        outgoing: What flows out.
        sources: Its references in canonical form, in the order in which ``forward`` takes them.
        reads: The reference it reads from instead of the layer before, or None.
        children: The steps inside, once, for a block.
    """

    layer: Layer
    place: Place
    outgoing: Flow
    sources: tuple[str, ...] = ()
    reads: str | None = None
    children: tuple[Step, ...] = ()


@dataclass
class Trace:
    """What the walk found.

    ``flows`` holds what goes in and out of each layer, ``understood`` the steps of all layers that are right, those beside
    and below a mistake too; ``steps`` is the design itself, whole only when there is no error.
    """

    steps: tuple[Step, ...] = ()
    understood: dict[str, Step] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    flows: dict[str, tuple[Flow, Flow | None]] = field(default_factory=dict)
    vocab_size: int = ASSUMED_VOCABULARY
    vocab_assumed: bool = True
    context_length: int | None = None
    source_length: int | None = None
    reads_source: bool = False


def trace(drafts: list[Draft], config: dict[str, Any], vocab_size: int | None = None) -> Trace:
    """Walks a design from top to bottom.

    Args:
        drafts: The nodes, as ``Reader`` read them.
        config: The design's config; ``vocab_size`` and ``context_length`` are used where layers do not say.
        vocab_size: The tokenizer's vocabulary size, for layers that leave theirs open.
    """
    return _Walk(drafts, config, vocab_size).run()


class _Walk:
    def __init__(self, drafts: list[Draft], config: dict[str, Any], vocab_size: int | None) -> None:
        self.drafts = drafts
        self.types_of = {draft.id: draft.type for draft in _all(drafts)}
        self.ids = set(self.types_of)
        # The last one is that of the text itself; those of a source text stand above it.
        tables = [getattr(d.layer, "vocab_size", None) for d in _all(drafts) if d.type == "tokenEmbedding"]
        known = (tables[-1] if tables else None) or vocab_size or _count(config.get("vocab_size"))
        self.trace = Trace(vocab_size=known or ASSUMED_VOCABULARY, vocab_assumed=known is None)
        self.context_length = _count(config.get("context_length"))
        self.types = layer_types()
        self.referred: set[str] = set()
        self.around: list[str] = []  # the blocks round the layer that is looked at
        self.lost: dict[str, tuple[int, int]] = {}  # token embeddings that are not understood
        self.limits: dict[str, list[int]] = {"T": [], "S": []}  # by the length that is limited

    def run(self) -> Trace:
        if not self.drafts:
            self._add(None, complaints.no_layer())
            return self.trace
        known = {} if self.context_length is None else {TOKENS.length: self.context_length}
        place = Place(TOKENS, self.trace.vocab_size, context_lengths=known)
        steps, _, complete = self._walk(self.drafts, place, {SOURCE: Flow("tokens", length="S")}, root=True)
        self.trace.steps = tuple(steps)
        if complete:
            self._check_head()
            self._report_unread(self.drafts)
        # Every layer that limits the length limits the model.
        self.trace.context_length = min(self.limits["T"], default=self.context_length)
        self.trace.source_length = min(self.limits["S"], default=None)
        return self.trace

    def _walk(
        self, drafts: list[Draft], place: Place, scope: dict[str, Flow], root: bool = False
    ) -> tuple[list[Step], Place, bool]:
        """-> (the steps, what the layer below would find, whether every layer was understood)."""
        steps: list[Step] = []
        complete = True
        for number, draft in enumerate(drafts):
            here = place.with_(last=root and number == len(drafts) - 1)
            above = drafts[number - 1].id if number > 0 else self.around[-1] + INPUT if self.around else None
            step, outgoing = self._step(draft, here, scope, above)
            scope[draft.id] = outgoing
            if step is None:
                complete = False
                # Nobody knows what it would have told the layers below, its table of tokens for one.
                lost = [d.id for d in draft.walk() if d.type == "tokenEmbedding" or d.type not in self.types]
                self.lost.update(dict.fromkeys(lost, (0, 0)))
                place = place.with_(incoming=outgoing, sources=())
                continue
            steps.append(step)
            self.trace.understood[draft.id] = step
            place = step.layer.below(step.place.with_(last=False)).with_(incoming=outgoing, sources=())
        return steps, place, complete

    def _step(self, draft: Draft, place: Place, scope: dict[str, Flow], above: str | None) -> tuple[Step | None, Flow]:
        """-> (the step, or None for a layer with a mistake; what flows out). ``above`` refers to what comes from above."""
        self.trace.flows[draft.id] = (place.incoming, None)
        layer = draft.layer
        reads, sources = self._references(draft)
        wanted = [(r, f) for r, f in [(reads, "input"), *((s, "source") for s in sources)] if r is not None]
        missing = [(r, f) for r, f in wanted if r not in scope]
        self.referred.update(r for r, _ in wanted)
        self.trace.reads_source = self.trace.reads_source or SOURCE in sources
        for reference, name in missing:
            self._report_missing(draft, reference, name, place, scope)
        for name in draft.missing:
            self._report_unsaid(draft, name, place, scope)
        if reads is not None:
            place = place.with_(incoming=scope.get(reads) or guess(place.incoming))
        self._offer_input(draft, place, scope)
        if layer is None or missing:
            return None, self._passed(draft, place, scope)
        if layer.adds_sources and (reads or above) in sources:
            self._add(draft, complaints.adds_itself(draft.id))
        place = place.with_(sources=tuple(scope[source] for source in sources))
        if (wrong := complaints.wrong_input(layer, place)) is not None:
            self.trace.flows[draft.id] = (place.incoming, None)
            self._add(draft, wrong)
            return None, guess(place.incoming, said_width(draft.data))
        layer, found, outgoing = self._judged(draft, layer, place)
        broken = any(p.severity == "error" for p in found)
        # Of what comes in without a width nothing can be counted.
        unclear = broken or (
            place.incoming.width is None and isinstance(place.incoming, Guess) and layer.reads != "tokens"
        )
        children: list[Step] = []
        if layer.container:
            outgoing, children, complete = self._block(draft, place, dict(scope))
            unclear = unclear or not complete
        elif (limit := getattr(layer, "ctx_length", None)) is not None:
            self.limits[place.incoming.length].append(limit)
        if layer.out_dim not in (None, outgoing.width) and not broken and not isinstance(outgoing, Guess):
            unclear = True
            self._add(draft, complaints.wrong_output(layer, outgoing))
        self.trace.flows[draft.id] = (place.incoming, outgoing)
        if unclear:
            return None, outgoing
        step = Step(layer, believed(place, layer.reads), outgoing, sources, reads, tuple(children))
        if (broken_there := broken_module(step)) is not None:
            self._add(draft, broken_there)
            return None, outgoing
        return step, outgoing

    def _references(self, draft: Draft) -> tuple[str | None, tuple[str, ...]]:
        """-> (what it reads from instead of the layer before, its sources), also of a layer that is not understood."""
        if draft.layer is not None:
            reads, sources = draft.layer.input, draft.layer.sources()
        else:
            said = (draft.data or {}) if draft.type in self.types else {}
            reads, source = (said.get(key) if isinstance(said.get(key), str) else None for key in ("input", "source"))
            sources = () if source is None or "source" not in field_names(self.types[draft.type]).fields else (source,)
        canonical = tuple(canonical_reference(text, self.ids) for text in sources)
        return canonical_reference(reads, self.ids) if reads else None, canonical

    def _judged(self, draft: Draft, layer: Layer, place: Place) -> tuple[Layer, list[Problem], Flow]:
        """-> (the layer with everything filled in, what would be wrong with it, what flows out); reports what surely is."""
        here = believed(place, layer.reads)
        resolved = layer.resolve(here)
        found = list(resolved.problems(here))
        broken = any(p.severity == "error" for p in found)
        outgoing = self._outgoing(resolved, here, broken)
        if self.lost or is_doubtful(place):
            there = doubted(place, layer.reads, self.lost)
            other = layer.resolve(there)
            sure = list(other.problems(there))
            if layer.container or outgoing != self._outgoing(other, there, broken):
                outgoing = guess(place.incoming, None if place.incoming.width is None else outgoing.width)
        else:
            sure = found
        for problem in found:
            if problem in sure:
                self._add(draft, problem)
        return resolved, found, outgoing

    def _outgoing(self, layer: Layer, place: Place, broken: bool) -> Flow:
        if layer.container:
            return place.incoming
        flow = after_mistake(layer, place) if broken else layer.outgoing(place)
        return replace(flow, length=layer.gives_length or place.incoming.length)

    def _passed(self, draft: Draft, place: Place, scope: dict[str, Flow]) -> Flow:
        """What flows on below a layer that is not understood; what is inside is still looked at."""
        self.trace.flows[draft.id] = (place.incoming, None)
        model, into = self.types.get(draft.type), place.incoming
        if model is None:
            into = guess(into, said_width(draft.data), any_length=True)
        elif model.gives_length:
            return replace(TOKENS, length=model.gives_length)
        elif model.outgoing is not Layer.outgoing or (into.kind == "tokens" and not model.container):
            into = guess(into, said_width(draft.data))
        if draft.children:
            inside = place.with_(incoming=into if model else guess(place.incoming, any_length=True), last=False)
            return self._inside(draft, inside, dict(scope))[1].incoming
        return into

    def _inside(self, draft: Draft, place: Place, scope: dict[str, Flow]) -> tuple[list[Step], Place, bool]:
        self.around.append(draft.id)
        walked = self._walk(draft.children, place, scope)
        self.around.pop()
        return walked

    def _block(self, draft: Draft, place: Place, scope: dict[str, Flow]) -> tuple[Flow, list[Step], bool]:
        children, below, complete = self._inside(draft, place.with_(last=False), scope)
        repeats = getattr(draft.layer, "num_of_blocks", 1)
        if not draft.children:
            self._add(draft, complaints.empty_block(draft.id))
        if isinstance(below.incoming, Guess) or isinstance(place.incoming, Guess):
            complete = complete and (repeats == 1 or below.incoming.width == place.incoming.width)
        elif complete and repeats > 1 and below.incoming != place.incoming:
            self._add(draft, complaints.unrepeatable(draft.id, below.incoming, place.incoming))
            complete = False
        return below.incoming, children, complete

    def _check_head(self) -> None:
        last, given = self.drafts[-1], self.trace.steps[-1].outgoing if self.trace.steps else TOKENS
        if given.width == self.trace.vocab_size and given.length == "T":
            return
        said = last.type == "linear" and last.layer is not None and last.layer.out_dim is not None
        self._add(last, complaints.no_scores(last.id, last.type == "linear", given, self.trace.vocab_size, said))

    def _report_unread(self, drafts: list[Draft]) -> None:
        for draft, after in itertools.pairwise(drafts):
            if after.layer is not None and after.layer.input and draft.id not in self.referred:
                self._add(draft, complaints.unread(draft.id, after.id, after.layer.input))
        for draft in drafts:
            self._report_unread(draft.children)

    def _offer_input(self, draft: Draft, place: Place, scope: dict[str, Flow]) -> None:
        name = draft.id + INPUT
        if name not in self.ids:  # an id that itself ends so wins over this reading
            scope[name] = place.incoming

    def _report_missing(self, draft: Draft, reference: str, name: str, place: Place, scope: dict[str, Flow]) -> None:
        target = referred_id(reference, self.ids)
        is_below = target == draft.id or target in self.ids
        problem = complaints.unknown_reference(draft.id, name, reference, self._choices(scope), is_below)
        model = self.types.get(draft.type)
        if name != "input":
            problem = self._with_usual_source(problem, draft, place, scope)
        elif model is not None and model.reads == place.incoming.kind:
            problem = complaints.reads(problem, None)
        self._add(draft, problem)

    def _report_unsaid(self, draft: Draft, name: str, place: Place, scope: dict[str, Flow]) -> None:
        problem = complaints.no_reference(draft.id, name, self._choices(scope))
        self._add(draft, self._with_usual_source(problem, draft, place, scope))

    def _with_usual_source(self, problem: Problem, draft: Draft, place: Place, scope: dict[str, Flow]) -> Problem:
        """Offers what layers of this type usually read: what the last one of them in this list gave, else what came into the block."""
        if place.incoming.kind == "tokens" or isinstance(place.incoming, Guess):
            return problem
        start = self.around[-1] + INPUT if self.around else None
        above = itertools.takewhile(lambda name: name != start, reversed(scope))
        usual = next((name for name in above if self.types_of.get(name) == draft.type), start)
        carried = scope.get(usual or "")
        fits = carried is not None and carried.width == place.incoming.width and carried.length == place.incoming.length
        return complaints.reads(problem, usual) if fits else problem

    def _choices(self, scope: dict[str, Flow]) -> str:
        """The nearest layers above, and what comes into the block, which a residual over a norm needs."""
        names = (key for key in reversed(scope) if not key.endswith((INPUT, SOURCE)))
        above = list(islice(names, 20))  # there may be thousands
        return ", ".join([*reversed(above), *(name + INPUT for name in self.around[-1:])]) or "-"

    def _add(self, draft: Draft | None, problem: Problem) -> None:
        self.trace.problems.append(replace(problem, place=draft.place if draft else ""))


def _all(drafts: list[Draft]) -> Iterator[Draft]:
    for draft in drafts:
        yield draft
        yield from _all(draft.children)


def _count(value: Any) -> int | None:
    """A size from the config, where nobody has checked it: None unless it is one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LONGEST else None
