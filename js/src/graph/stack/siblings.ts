import type { LayerNode, LayerStack } from "../../wire/types";
import type { Path } from "./path";

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
