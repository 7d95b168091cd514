import type { LayerNode, LayerStack } from "../../wire/types";
import { freshId, idOf, type ReferenceFields } from "./ids";
import { readReference, writeReference } from "./references";
import { mapNodes } from "./siblings";
import { withFields } from "./values";

/**
 * Copies whose nodes have ids that `taken` lacks: what is cut and pasted keeps its own. References among the copied nodes
 * follow, all others stay.
 */
export function withFreshIds(
  nodes: readonly LayerNode[],
  taken: ReadonlySet<string>,
  references: ReferenceFields,
): LayerStack {
  const used = new Set(taken);
  const renamed = new Map<string, string>();
  const tried = new Map<string, number>();
  const copies = mapNodes(nodes, (node) => {
    const old = idOf(node);
    const id = old !== null && isFree(old, used) ? old : freshId(node.type, used, tried);
    used.add(id);
    if (old !== null && !renamed.has(old)) renamed.set(old, id);
    return withFields(node, { id });
  });
  return mapNodes(copies, (node) => followed(node, renamed, references));
}

/** Whether an id can be kept. One that reads like the input of another node could take over what refers to that. */
function isFree(id: string, taken: ReadonlySet<string>): boolean {
  return !taken.has(id) && !/[:-]in$/.test(id);
}

function followed(node: LayerNode, renamed: ReadonlyMap<string, string>, references: ReferenceFields): LayerNode {
  const moved: Record<string, string> = {};
  for (const field of references(node.type)) {
    const value = node.data[field];
    if (typeof value !== "string") continue;
    const { id, input } = readReference(value, renamed);
    const target = renamed.get(id);
    if (target !== undefined && target !== id) moved[field] = writeReference(target, input);
  }
  return withFields(node, moved);
}
