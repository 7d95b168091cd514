import type { Data, LayerNode, LayerStack } from "../../wire/types";
import { readReference, writeReference } from "./references";

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

/** "mhAttention", then "mhAttention-2", ... */
export function freshId(type: string, taken: ReadonlySet<string>): string {
  if (!taken.has(type)) return type;
  let number = 2;
  while (taken.has(`${type}-${number}`)) number += 1;
  return `${type}-${number}`;
}

/** A copy whose nodes have ids that `taken` lacks; references among the copied nodes follow, all others stay. */
export function withFreshIds(node: LayerNode, taken: ReadonlySet<string>, references: ReferenceFields): LayerNode {
  const renamed = new Map<string, string>();
  return followRenames(rename(node, new Set(taken), renamed), renamed, references);
}

function rename(node: LayerNode, taken: Set<string>, renamed: Map<string, string>): LayerNode {
  const id = freshId(node.type, taken);
  taken.add(id);
  const old = idOf(node);
  if (old !== null) renamed.set(old, id);
  const copy: LayerNode = { ...node, data: { ...node.data, id } };
  return node.children ? { ...copy, children: node.children.map((child) => rename(child, taken, renamed)) } : copy;
}

function followRenames(node: LayerNode, renamed: ReadonlyMap<string, string>, references: ReferenceFields): LayerNode {
  const moved: Record<string, string> = {};
  for (const field of references(node.type)) {
    const value = node.data[field];
    if (typeof value !== "string") continue;
    const { id, input } = readReference(value, renamed);
    const target = renamed.get(id);
    if (target !== undefined) moved[field] = writeReference(target, input);
  }
  const data: Data = { ...node.data, ...moved };
  return node.children
    ? { ...node, data, children: node.children.map((child) => followRenames(child, renamed, references)) }
    : { ...node, data };
}
