// Undo without end. A history never changes; each step makes a new one.

import type { LayerStack } from "../../wire/types";

export interface History {
  readonly past: Link | null;
  readonly present: LayerStack;
  readonly future: Link | null;
  /** Steps of the same name (typing in one field) count as one. */
  readonly step: string | null;
  /** Grows with every undo and redo: a form then drops what was being typed. */
  readonly jumps: number;
}

interface Link {
  readonly stack: LayerStack;
  readonly next: Link | null;
}

export function startHistory(stack: LayerStack): History {
  return { past: null, present: stack, future: null, step: null, jumps: 0 };
}

export function record(history: History, stack: LayerStack, step: string | null = null): History {
  if (stack === history.present) return history;
  const goesOn = step !== null && step === history.step;
  const past = goesOn ? history.past : { stack: history.present, next: history.past };
  return { ...history, past, present: stack, future: null, step };
}

/** Ends a step: what is typed next can be undone by itself. */
export function settle(history: History): History {
  return history.step === null ? history : { ...history, step: null };
}

export function undo(history: History): History {
  const { past, present, future, jumps } = history;
  if (!past) return history;
  return {
    past: past.next,
    present: past.stack,
    future: { stack: present, next: future },
    step: null,
    jumps: jumps + 1,
  };
}

export function redo(history: History): History {
  const { past, present, future, jumps } = history;
  if (!future) return history;
  return {
    past: { stack: present, next: past },
    present: future.stack,
    future: future.next,
    step: null,
    jumps: jumps + 1,
  };
}

/** How many steps `backTo` looks either way. */
const FAR = 100;

/**
 * The history at the nearest step that `isMeant`, before or after the present, without what stands between: as if the gesture,
 * the undo or the redo that led away from there had not been. Null where there is none.
 */
export function backTo(history: History, isMeant: (stack: LayerStack) => boolean): History | null {
  const { past, future } = history;
  const at = ({ stack }: Link, rest: Pick<History, "past" | "future">): History => {
    return { ...rest, present: stack, step: null, jumps: history.jumps + 1 };
  };
  let [before, after] = [past, future];
  for (let steps = 0; (before || after) && steps < FAR; steps += 1) {
    if (before && isMeant(before.stack)) return at(before, { past: before.next, future });
    if (after && isMeant(after.stack)) return at(after, { past, future: after.next });
    [before, after] = [before?.next ?? null, after?.next ?? null];
  }
  return null;
}
