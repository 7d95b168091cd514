// The drawing as the browser keeps it for this tab, for the case that the kernel forgets it. Where the browser keeps nothing
// (Colab's frames, VS Code), nothing is kept, and nothing breaks.

import { readConfig } from "../../wire/readConfig";
import type { Origin } from "../../wire/readOrigin";
import { isRecord, readStack } from "../../wire/readStack";
import type { Data, LayerStack } from "../../wire/types";

/** A design with what belongs to it besides its layers: its name, its training recipe. */
export interface KeptDesign {
  readonly stack: LayerStack;
  readonly config: Data;
}

export interface Keeper {
  /** Keeps what is shown; `isSafe` once Python has it. */
  readonly keep: (kept: KeptDesign, isSafe: boolean) => void;
  /** A drawing from before that Python does not know; null for none. */
  readonly find: () => KeptDesign | null;
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
    keep: ({ stack, config }, isSafe) =>
      void attempt((storage) => {
        const text = `${Date.now()} ${JSON.stringify({ session, isSafe, stack, config })}`;
        storage.removeItem(key);
        if (text.length > MOST_CHARACTERS) return;
        makeRoom(storage);
        storage.setItem(key, text);
      }),
    find: () =>
      attempt((storage) => {
        const text = storage.getItem(key) ?? "";
        const entry: unknown = JSON.parse(text.slice(text.indexOf(" ") + 1));
        if (!isRecord(entry) || !Array.isArray(entry.stack)) return null;
        if (entry.session === session && entry.isSafe === true) return null;
        return { stack: readStack(entry.stack), config: readConfig(entry.config) };
      }),
    forget: () => void attempt((storage) => storage.removeItem(key)),
  };
}

function makeRoom(storage: Storage) {
  const keys = Array.from({ length: storage.length }, (_, n) => storage.key(n) ?? "").filter((k) =>
    k.startsWith(PREFIX),
  );
  if (keys.length < MOST_DRAWINGS) return;
  const oldestFirst = keys.map((key) => ({ key, at: madeAt(storage.getItem(key)) })).sort((a, b) => a.at - b.at);
  for (const { key } of oldestFirst.slice(0, keys.length - MOST_DRAWINGS + 1)) storage.removeItem(key);
}

/** The time stands at the front of the text, so that nothing is read but that. */
function madeAt(text: string | null): number {
  return Number.parseInt(text ?? "", 10) || 0;
}
