import type { LayerNode, LayerStack } from "../../wire/types";
import { at, type Path, pathName } from "./path";

const NONE: LayerStack = [];

/** The list of nodes inside the block at `parent`; the whole stack for the empty path. */
export function siblingsAt(stack: LayerStack, parent: Path): LayerStack {
  return parent.reduce<LayerStack>((nodes, index) => nodes[index]?.children ?? NONE, stack);
}

export function nodeAt(stack: LayerStack, path: Path): LayerNode | undefined {
  return siblingsAt(stack, path.slice(0, -1))[path[path.length - 1] ?? -1];
}

/** A new stack in which the list at `parent` is changed; everything beside the way there is shared with the old one. */
export function changeSiblings(stack: LayerStack, parent: Path, change: (nodes: LayerStack) => LayerStack): LayerStack {
  const [index, ...rest] = parent;
  if (index === undefined) return change(stack);
  return stack.map((node, i) =>
    i === index ? { ...node, children: changeSiblings(node.children ?? NONE, rest, change) } : node,
  );
}

/** The stack without the nodes whose paths are named; blocks that lose none are shared with the old one. */
export function without(stack: LayerStack, names: ReadonlySet<string>, parent: Path = []): LayerStack {
  const kept = stack.flatMap((node, index) => {
    const path = at(parent, index);
    if (names.has(pathName(path))) return [];
    const children = node.children && without(node.children, names, path);
    return !children || children === node.children ? [node] : [{ ...node, children }];
  });
  return isSameList(kept, stack) ? stack : kept;
}

/** Lets every node be changed, a block before what is inside; what stays as it is is shared with the old stack. */
export function mapNodes(
  stack: LayerStack,
  change: (node: LayerNode, path: Path) => LayerNode,
  parent: Path = [],
): LayerStack {
  const mapped = stack.map((node, index) => {
    const path = at(parent, index);
    const changed = change(node, path);
    const children = changed.children && mapNodes(changed.children, change, path);
    return !children || children === changed.children ? changed : { ...changed, children };
  });
  return isSameList(mapped, stack) ? stack : mapped;
}

function isSameList(a: LayerStack, b: LayerStack): boolean {
  return a.length === b.length && a.every((node, index) => node === b[index]);
}
