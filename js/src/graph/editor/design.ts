// The design as the page holds it: its history, and when what is shown goes to Python.

import type { LayerStack } from "../../wire/types";
import { type History, record, redo, settle, startHistory, undo } from "../stack/history";
import { sameJson } from "../stack/sameJson";

export interface DesignState {
  readonly history: History;
  /** Whether Python's answer to the latest change is still to come. */
  readonly isChecking: boolean;
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
  readonly answered: () => void;
}

/** Typing is sent when it pauses for this long; every other gesture at once. */
const PAUSE_MS = 150;

export function createDesign(stack: LayerStack, send: (stack: LayerStack) => void): Design {
  let state: DesignState = { history: startHistory(stack), isChecking: false };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();

  const set = (next: DesignState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const flush = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    send(state.history.present);
  };
  const become = (history: History, pauseMs: number) => {
    if (history.present === state.history.present) return set({ ...state, history });
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
      set({ ...state, history: record(state.history, next) });
    },
    answered: () => {
      if (timer === undefined) set({ ...state, isChecking: false });
    },
  };
}
