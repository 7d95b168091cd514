import type { LayerNode, LayerStack } from "../../wire/types";
import { idOf } from "./ids";
import { at, type Path, pathName } from "./path";

/** One node of the drawing. */
export interface Item {
  /** The node's id, or a name made from its place where the id is missing or used twice. */
  readonly key: string;
  readonly path: Path;
  readonly node: LayerNode;
  readonly isBlock: boolean;
  readonly children: readonly Item[];
}

/** The stack as a tree of items with unique keys. */
export function outline(stack: LayerStack, isContainer: (type: string) => boolean): Item[] {
  const used = new Set<string>();
  const visit = (nodes: LayerStack, parent: Path): Item[] =>
    nodes.map((node, index) => {
      const path = at(parent, index);
      const id = idOf(node);
      const key = id !== null && !used.has(id) ? id : `@${pathName(path)}`;
      used.add(key);
      const isBlock = node.children !== undefined || isContainer(node.type);
      return { key, path, node, isBlock, children: visit(node.children ?? [], path) };
    });
  return visit(stack, []);
}

/** All items in reading order. */
export function flatten(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...flatten(item.children)]);
}
