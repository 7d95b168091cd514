// Every gesture is a pure function old stack -> new stack. A gesture that means nothing returns the old stack itself.

import type { Data, LayerNode, LayerStack } from "../../wire/types";
import { allIds, type ReferenceFields, withFreshIds } from "./ids";
import { at, indexOf, isWithin, nextTo, type Path, parentOf, samePath } from "./path";
import { changeSiblings, nodeAt } from "./siblings";

/** Puts a copy of `node` into the gap; it and its children get ids of their own. */
export function insert(stack: LayerStack, gap: Path, node: LayerNode, references: ReferenceFields): LayerStack {
  const fresh = withFreshIds(node, allIds(stack), references);
  return changeSiblings(stack, parentOf(gap), (nodes) => nodes.toSpliced(indexOf(gap), 0, fresh));
}

export function remove(stack: LayerStack, path: Path): LayerStack {
  if (!nodeAt(stack, path)) return stack;
  return changeSiblings(stack, parentOf(path), (nodes) => nodes.toSpliced(indexOf(path), 1));
}

/** Takes the node at `path` to the gap, both named as they are before the move. */
export function move(stack: LayerStack, path: Path, gap: Path): LayerStack {
  const node = nodeAt(stack, path);
  if (!node || !canMove(path, gap)) return stack;
  return changeSiblings(remove(stack, path), parentOf(movedTo(path, gap)), (nodes) =>
    nodes.toSpliced(indexOf(movedTo(path, gap)), 0, node),
  );
}

/** Whether the gap is another place than the node's own, and not inside the node. */
export function canMove(path: Path, gap: Path): boolean {
  return !isWithin(parentOf(gap), path) && !samePath(gap, path) && !samePath(gap, nextTo(path));
}

/** The path that the node has once it is moved: taking it out shifts what comes after it. */
export function movedTo(path: Path, gap: Path): Path {
  const parent = parentOf(path);
  const depth = parent.length;
  const shifts = isWithin(gap, parent) && (gap[depth] ?? 0) > indexOf(path);
  return shifts ? gap.map((index, i) => (i === depth ? index - 1 : index)) : gap;
}

/** Sets one value of a node; undefined takes the key out. */
export function setField(stack: LayerStack, path: Path, name: string, value: unknown): LayerStack {
  const node = nodeAt(stack, path);
  if (!node || Object.is(node.data[name], value)) return stack;
  const { [name]: _, ...others } = node.data;
  const changed = { ...node, data: value === undefined ? others : { ...node.data, [name]: value } };
  return changeSiblings(stack, parentOf(path), (nodes) => nodes.with(indexOf(path), changed));
}

/** Sets the values that Python offers to put a node right; null takes a key out. */
export function mend(stack: LayerStack, path: Path, values: Data): LayerStack {
  return Object.entries(values).reduce(
    (changed, [name, value]) => setField(changed, path, name, value ?? undefined),
    stack,
  );
}

export function duplicate(stack: LayerStack, path: Path, references: ReferenceFields): LayerStack {
  const node = nodeAt(stack, path);
  return node ? insert(stack, nextTo(path), node, references) : stack;
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
