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
  /** What is shown inside. */
  readonly children: readonly Item[];
  /** Whether it is a block that has layers inside which are not shown. */
  readonly isFolded?: true;
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

/** The outline with the blocks of these keys closed; every item in which none is closed stays the same object. */
export function visibleItems(items: readonly Item[], folded: ReadonlySet<string>): readonly Item[] {
  const shown = items.map((item): Item => {
    if (item.children.length === 0) return item;
    if (folded.has(item.key)) return { ...item, children: [], isFolded: true };
    const children = visibleItems(item.children, folded);
    return children === item.children ? item : { ...item, children };
  });
  return shown.every((item, index) => item === items[index]) ? items : shown;
}

/** The keys of the blocks around an item, from the outside in: those to open so that it is seen. */
export function blocksAround(items: readonly Item[], key: string): string[] {
  for (const item of items) {
    if (item.key === key) return [];
    const found = blocksAround(item.children, key);
    if (found.length > 0 || item.children.some((child) => child.key === key)) return [item.key, ...found];
  }
  return [];
}

/** The keys from one item to the other in reading order, both included, whichever comes first. */
export function range(items: readonly Item[], fromKey: string, toKey: string): string[] {
  const keys = flatten(items).map((item) => item.key);
  const [from, to] = [keys.indexOf(fromKey), keys.indexOf(toKey)];
  return from < 0 || to < 0 ? [] : keys.slice(Math.min(from, to), Math.max(from, to) + 1);
}
