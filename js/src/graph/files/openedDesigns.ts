// Which opened design each state of the history goes back to, so that its config (its name, its training recipe) comes and
// goes with it. Python keeps the configs; the page sends their numbers beside the stack.

import type { LayerStack } from "../../wire/types";

export interface OpenedDesigns {
  /** The number that belongs to a stack; a new one goes back to the same design as the one seen before it. */
  readonly numberOf: (stack: LayerStack) => number;
  /** Tells where a stack comes from. */
  readonly note: (stack: LayerStack, number: number) => void;
}

export function createOpenedDesigns(stack: LayerStack, number: number): OpenedDesigns {
  const numbers = new WeakMap<LayerStack, number>();
  let latest = number;
  const note = (from: LayerStack, its: number) => {
    numbers.set(from, its);
    latest = its;
  };
  note(stack, number);
  return {
    note,
    numberOf: (shown) => {
      note(shown, numbers.get(shown) ?? latest);
      return latest;
    },
  };
}
