import type { LayerNode, LayerStack } from "../../wire/types";

/** Names the fields of a layer type that hold references to other nodes. */
export type ReferenceFields = (type: string) => readonly string[];

export function idOf(node: LayerNode): string | null {
  return typeof node.data.id === "string" && node.data.id !== "" ? node.data.id : null;
}

export function allIds(stack: LayerStack, found: Set<string> = new Set()): Set<string> {
  for (const node of stack) {
    const id = idOf(node);
    if (id !== null) found.add(id);
    if (node.children) allIds(node.children, found);
  }
  return found;
}

/**
 * "mhAttention", then "mhAttention-2", ...
 *
 * @param tried For many at once: how far each type was counted, so that nobody counts from the beginning again.
 */
export function freshId(type: string, taken: ReadonlySet<string>, tried: Map<string, number> = new Map()): string {
  if (!taken.has(type)) return type;
  let number = tried.get(type) ?? 2;
  while (taken.has(`${type}-${number}`)) number += 1;
  tried.set(type, number);
  return `${type}-${number}`;
}
