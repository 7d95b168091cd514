import type { LayerStack } from "../../wire/types";
import { idOf } from "./ids";
import type { Path } from "./path";
import { siblingsAt } from "./siblings";

export interface Reference {
  readonly id: string;
  /** Whether the node's input is meant rather than its output. */
  readonly input: boolean;
}

/** Reads "<id>", "<id>:in" and "<id>-in"; an id that itself ends like that wins. */
export function readReference(text: string, ids: { has(id: string): boolean }): Reference {
  const base = text.slice(0, -3);
  if (!ids.has(text) && /[:-]in$/.test(text) && (ids.has(base) || text.endsWith(":in")))
    return { id: base, input: true };
  return { id: text, input: false };
}

export function writeReference(id: string, input: boolean): string {
  return input ? `${id}:in` : id;
}

/** What a node at `path` can refer to: every node before it and the blocks around it, the nearest first. */
export function referencesFor(stack: LayerStack, path: Path): Reference[] {
  const found: Reference[] = [];
  for (let depth = path.length; depth > 0; depth--) {
    const parent = path.slice(0, depth - 1);
    const siblings = siblingsAt(stack, parent);
    for (let index = (path[depth - 1] ?? 0) - 1; index >= 0; index--) {
      const sibling = siblings[index];
      const id = sibling && idOf(sibling);
      if (id) found.push({ id, input: false }, { id, input: true });
    }
    const block = depth > 1 && siblingsAt(stack, path.slice(0, depth - 2))[parent[depth - 2] ?? -1];
    const id = block && idOf(block);
    if (id) found.push({ id, input: true });
  }
  return found;
}
