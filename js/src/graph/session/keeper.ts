// The drawing as the browser keeps it for this tab, for the case that the kernel forgets it. Where the browser keeps nothing
// (Colab's frames, VS Code), nothing is kept, and nothing breaks.

import type { Origin } from "../../wire/readOrigin";
import { readStack } from "../../wire/readStack";
import type { LayerStack } from "../../wire/types";

export interface Keeper {
  /** Keeps what is shown; `isSafe` once Python has it. */
  readonly keep: (stack: LayerStack, isSafe: boolean) => void;
  /** A drawing from before that Python does not know; null for none. */
  readonly find: () => LayerStack | null;
  readonly forget: () => void;
}

const PREFIX = "slm-widgets:drawing:";
/** The most characters of one drawing, some 5,000 layers, and the most drawings of one tab: a browser gives a tab 5 MB. */
const MOST_CHARACTERS = 1_000_000;
const MOST_DRAWINGS = 12;

/** @param page What tells one notebook from another, its path. */
export function createKeeper(storage: () => Storage, page: string, { place, session }: Origin): Keeper {
  const key = `${PREFIX}${page}:${place}`;
  const attempt = <T>(use: (storage: Storage) => T): T | null => {
    if (place === "") return null;
    try {
      return use(storage()); // even asking for it may be forbidden
    } catch {
      return null;
    }
  };
  return {
    keep: (stack, isSafe) =>
      void attempt((kept) => {
        const text = JSON.stringify({ session, isSafe, at: Date.now(), stack });
        kept.removeItem(key);
        if (text.length > MOST_CHARACTERS) return;
        makeRoom(kept);
        kept.setItem(key, text);
      }),
    find: () =>
      attempt((kept) => {
        const entry = JSON.parse(kept.getItem(key) ?? "null");
        const isLost = entry !== null && (entry.session !== session || entry.isSafe !== true);
        return isLost && Array.isArray(entry.stack) ? readStack(entry.stack) : null;
      }),
    forget: () => void attempt((kept) => kept.removeItem(key)),
  };
}

function makeRoom(storage: Storage) {
  const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n) ?? "").filter((k) =>
    k.startsWith(PREFIX),
  );
  const oldestFirst = keys.sort((a, b) => madeAt(storage, a) - madeAt(storage, b));
  for (const key of oldestFirst.slice(0, Math.max(0, keys.length - MOST_DRAWINGS + 1))) storage.removeItem(key);
}

function madeAt(storage: Storage, key: string): number {
  try {
    return Number(JSON.parse(storage.getItem(key) ?? "null").at) || 0;
  } catch {
    return 0;
  }
}
