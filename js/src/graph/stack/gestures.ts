// Every gesture is a pure function old stack -> new stack. A gesture that means nothing returns the old stack itself.

import type { Data, LayerNode, LayerStack } from "../../wire/types";
import { placeWithout } from "./chosen";
import { idOf, type ReferenceFields } from "./ids";
import { duplicateAll, insertAll } from "./inserting";
import { canMoveAll, moveAll } from "./moving";
import { at, indexOf, nextTo, type Path, parentOf, pathName } from "./path";
import { changeSiblings, mapNodes, nodeAt, without } from "./siblings";
import { withFields } from "./values";

/** Puts a copy of `node` into the gap; it and its children get ids of their own. */
export function insert(stack: LayerStack, gap: Path, node: LayerNode, references: ReferenceFields): LayerStack {
  return insertAll(stack, gap, [node], references).stack;
}

/** Takes one node out and leaves what pointed to it as it is; `removeAll` heals that. */
export function remove(stack: LayerStack, path: Path): LayerStack {
  return without(stack, new Set([pathName(path)]));
}

/** Takes the node at `path` to the gap, both named as they are before the move. */
export function move(stack: LayerStack, path: Path, gap: Path): LayerStack {
  return moveAll(stack, [path], gap).stack;
}

/** Whether the gap is another place than the node's own, and not inside the node. */
export function canMove(path: Path, gap: Path): boolean {
  return canMoveAll([path], gap);
}

/** The path that the node has once it is moved: taking it out shifts what comes after it. */
export function movedTo(path: Path, gap: Path): Path {
  return placeWithout(gap, [path]);
}

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

export function duplicate(stack: LayerStack, path: Path, references: ReferenceFields): LayerStack {
  return duplicateAll(stack, [path], references).stack;
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
