// Every gesture is a pure function old stack -> new stack. A gesture that means nothing returns the old stack itself.

import type { Data, LayerStack } from "../../wire/types";
import { idOf } from "./ids";
import { at, indexOf, nextTo, type Path, parentOf } from "./path";
import { changeSiblings, mapNodes, nodeAt } from "./siblings";
import { withFields } from "./values";

/** Sets one value of a node; undefined takes the key out. */
export function setField(stack: LayerStack, path: Path, name: string, value: unknown): LayerStack {
  const node = nodeAt(stack, path);
  const changed = node && withFields(node, { [name]: value });
  if (!changed || changed === node) return stack;
  return changeSiblings(stack, parentOf(path), (nodes) => nodes.with(indexOf(path), changed));
}

/** Sets the values that Python offers to put a node right; null takes a key out. */
export function mend(stack: LayerStack, path: Path, values: Data): LayerStack {
  return Object.entries(values).reduce(
    (changed, [name, value]) => setField(changed, path, name, value ?? undefined),
    stack,
  );
}

/** Sets several values of several nodes, which are named by their ids; null takes a key out. */
export function setMany(stack: LayerStack, changes: Readonly<Record<string, Data>>): LayerStack {
  return mapNodes(stack, (node) => {
    const id = idOf(node);
    if (id === null || !Object.hasOwn(changes, id)) return node;
    const values = Object.entries(changes[id] ?? {}).map(([name, value]) => [name, value ?? undefined]);
    return withFields(node, Object.fromEntries(values));
  });
}

/** Where a layer goes that is added without dragging: after the selected one, inside it if that is an empty block. */
export function gapAfter(stack: LayerStack, selected: Path | null): Path {
  const node = selected && nodeAt(stack, selected);
  if (!node) return [stack.length];
  return node.children?.length === 0 ? at(selected, 0) : nextTo(selected);
}

/** What to select once the node at `path` is gone: what took its place, else the one before, else the block around. */
export function afterRemoval(stack: LayerStack, path: Path): Path | null {
  const candidates = [path, at(parentOf(path), indexOf(path) - 1), parentOf(path)];
  return candidates.find((candidate) => candidate.length > 0 && nodeAt(stack, candidate)) ?? null;
}
