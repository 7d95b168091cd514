// The design as the page holds it: its history, and when what is shown goes to Python.

import type { LayerStack } from "../../wire/types";
import { backTo, type History, record, redo, settle, startHistory, undo } from "../stack/history";
import { sameJson } from "../stack/sameJson";

export interface DesignState {
  readonly history: History;
  /** Whether Python's answer to the latest change is still to come. */
  readonly isChecking: boolean;
  /** Whether Python no longer knows this design: the channel is cut, or the kernel has dealt with a change and nobody answered. */
  readonly isUnheard: boolean;
}

export interface Design {
  readonly get: () => DesignState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly change: (stack: LayerStack, step?: string) => void;
  readonly settle: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Takes what Python assigned. */
  readonly receive: (stack: LayerStack) => void;
  /** Python has answered; `edition` names what, where it tells. */
  readonly answered: (edition?: unknown) => void;
  /** The kernel has dealt with the message about an edition, whether or not anybody there knew what to do with it. */
  readonly handled: (edition: string) => void;
  /** The channel to Python is cut, as it is when the kernel is restarted. */
  readonly cut: () => void;
}

/** Sends a design to Python under a name that comes back with the answer. */
export type Send = (stack: LayerStack, edition: string) => void;

/** Typing is sent when it pauses for this long; every other gesture at once. */
const PAUSE_MS = 150;
/** An answer comes before the kernel says that it is done; this is for the page to read it. */
const GRACE_MS = 2000;

export function createDesign(stack: LayerStack, send: Send): Design {
  let state: DesignState = { history: startHistory(stack), isChecking: false, isUnheard: false };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sent = 0;
  const page = Math.random().toString(36).slice(2); // another page may show the same design
  const edition = () => `${page}-${sent}`;
  const listeners = new Set<() => void>();

  const set = (change: Partial<DesignState>) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };
  const flush = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    sent += 1;
    send(state.history.present, edition());
  };
  const become = (history: History, pauseMs: number) => {
    if (history.present === state.history.present) return set({ history });
    set({ history, isChecking: true });
    clearTimeout(timer);
    timer = setTimeout(flush, pauseMs);
    if (pauseMs === 0) flush();
  };

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change: (next, step) => become(record(state.history, next, step ?? null), step === undefined ? 0 : PAUSE_MS),
    settle: () => {
      become(settle(state.history), 0);
      flush();
    },
    undo: () => become(undo(state.history), 0),
    redo: () => become(redo(state.history), 0),
    receive: (next) => {
      if (sameJson(next, state.history.present)) return;
      clearTimeout(timer);
      timer = undefined;
      // Python sends what was before where it refuses a change: what was refused is no step to come back to.
      const before = state.isChecking ? backTo(state.history, (known) => sameJson(known, next)) : null;
      set({ history: before ?? record(state.history, next) });
    },
    answered: (name = "") => {
      const isLatest = typeof name !== "string" || name === "" || name === edition();
      if (timer === undefined && isLatest) set({ isChecking: false, isUnheard: false });
      else if (state.isUnheard) set({ isUnheard: false });
    },
    handled: (name) => {
      setTimeout(() => {
        if (name === edition() && state.isChecking && timer === undefined) set({ isUnheard: true });
      }, GRACE_MS);
    },
    cut: () => set({ isUnheard: true }),
  };
}
