import type { LayerStack } from "../../wire/types";
import type { Design } from "../editor/design";
import { sameJson } from "../stack/sameJson";
import type { Keeper } from "./keeper";

/** A drawing from before, offered until it is taken or waved away. */
export interface Offer {
  readonly get: () => LayerStack | null;
  readonly subscribe: (listener: () => void) => () => void;
  readonly restore: () => void;
  readonly forget: () => void;
}

/** Keeps a design in the browser from now on, and offers what was kept before. */
export function keepDesign(design: Design, keeper: Keeper): Offer {
  const found = keeper.find();
  let offered = found !== null && !sameJson(found, design.get().history.present) ? found : null;
  const listeners = new Set<() => void>();
  const close = () => {
    offered = null;
    for (const listener of listeners) listener();
  };

  let last = design.get();
  design.subscribe(() => {
    const now = design.get();
    const isNews = now.history.present !== last.history.present || now.isChecking !== last.isChecking;
    last = now;
    if (!isNews) return;
    keeper.keep(now.history.present, !now.isChecking);
    if (offered !== null && sameJson(offered, now.history.present)) close(); // drawn again, or restored in another view
  });

  return {
    get: () => offered,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restore: () => {
      if (offered !== null) design.change(offered);
      close();
    },
    forget: () => {
      close();
      if (design.get().history.past === null) keeper.forget(); // else it is the new drawing that is kept by now
    },
  };
}
