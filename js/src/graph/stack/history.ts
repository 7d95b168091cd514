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

/** How many steps `backTo` looks back. */
const FAR = 100;

/** The history as it was at the latest step that `isMeant`, with nothing to redo; null where there is none. */
export function backTo(history: History, isMeant: (stack: LayerStack) => boolean): History | null {
  let link = history.past;
  for (let steps = 0; link && steps < FAR; steps += 1) {
    if (isMeant(link.stack))
      return { past: link.next, present: link.stack, future: null, step: null, jumps: history.jumps + 1 };
    link = link.next;
  }
  return null;
}
