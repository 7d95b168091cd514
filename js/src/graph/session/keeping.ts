import type { Data } from "../../wire/types";
import type { Design } from "../editor/design";
import { sameJson } from "../stack/sameJson";
import type { Keeper, KeptDesign } from "./keeper";

/** A drawing from before, offered until it is taken or waved away. */
export interface Offer {
  readonly get: () => KeptDesign | null;
  readonly subscribe: (listener: () => void) => () => void;
  /** Draws it; it is offered until that is done. */
  readonly restore: () => Promise<void>;
  readonly forget: () => void;
}

interface Options {
  readonly keeper: Keeper;
  /** The config of what is drawn. */
  readonly config: () => Data;
  /** Draws a design with its config, as one step. */
  readonly draw: (kept: KeptDesign) => Promise<void>;
}

/** Keeps a design in the browser from now on, and offers what was kept before. */
export function keepDesign(design: Design, { keeper, config, draw }: Options): Offer {
  const found = keeper.find();
  let offered = found !== null && !sameJson(found.stack, design.get().history.present) ? found : null;
  let drawing: Promise<void> | null = null;
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
    keeper.keep({ stack: now.history.present, config: config() }, !now.isChecking);
    if (offered !== null && sameJson(offered.stack, now.history.present)) close(); // drawn again, or restored in another view
  });

  return {
    get: () => offered,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restore: async () => {
      if (offered === null) return;
      drawing ??= draw(offered).finally(close); // one click is enough, however long a busy kernel takes
      await drawing;
    },
    forget: () => {
      close();
      if (design.get().history.past === null) keeper.forget(); // else it is the new drawing that is kept by now
    },
  };
}
