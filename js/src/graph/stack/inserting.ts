import type { LayerNode, LayerStack } from "../../wire/types";
import { type Outcome, topmost } from "./chosen";
import { withFreshIds } from "./freshCopies";
import { allIds, type ReferenceFields } from "./ids";
import { at, indexOf, inOrder, nextTo, type Path, parentOf, pathName } from "./path";
import { changeSiblings, nodeAt } from "./siblings";

/** Puts copies of `nodes` into the gap, one below the other, under ids of their own; references among them follow. */
export function insertAll(
  stack: LayerStack,
  gap: Path,
  nodes: readonly LayerNode[],
  references: ReferenceFields,
): Outcome {
  if (nodes.length === 0) return { stack, paths: [] };
  const group = { gap, nodes: [...withFreshIds(nodes, allIds(stack), references)] };
  return { stack: withGroup(stack, group), paths: placesOf(gap, group) };
}

/**
 * Copies the chosen nodes. Copies of siblings stand together below the last of them, so that a run of layers is copied as a
 * whole; references among all copies follow, all others stay.
 */
export function duplicateAll(stack: LayerStack, paths: readonly Path[], references: ReferenceFields): Outcome {
  const chosen = topmost(paths).filter((path) => nodeAt(stack, path));
  const originals = chosen.flatMap((path) => nodeAt(stack, path) ?? []);
  const copies = withFreshIds(originals, allIds(stack), references);
  const groups = new Map<string, Group>();
  chosen.forEach((path, i) => {
    const list = pathName(parentOf(path));
    const nodes = groups.get(list)?.nodes ?? [];
    nodes.push(...copies.slice(i, i + 1));
    groups.set(list, { gap: nextTo(path), nodes });
  });
  const fromBelow = [...groups.values()].sort((a, b) => inOrder(b.gap, a.gap)); // what is above keeps its place
  const places = fromBelow.flatMap((group) => placesOf(shifted(group.gap, groups), group));
  return { stack: fromBelow.reduce(withGroup, stack), paths: places.sort(inOrder) };
}

/** Nodes that go into one gap. */
interface Group {
  readonly gap: Path;
  readonly nodes: LayerNode[];
}

function withGroup(stack: LayerStack, { gap, nodes }: Group): LayerStack {
  return changeSiblings(stack, parentOf(gap), (list) => list.toSpliced(indexOf(gap), 0, ...nodes));
}

function placesOf(gap: Path, { nodes }: Group): Path[] {
  return nodes.map((_, i) => at(parentOf(gap), indexOf(gap) + i));
}

/** Where a gap is once the groups are in: each pushes down the blocks below its own gap. */
function shifted(gap: Path, groups: ReadonlyMap<string, Group>): Path {
  return gap.map((index, depth) => {
    const group = depth < gap.length - 1 ? groups.get(pathName(gap.slice(0, depth))) : undefined;
    return group && indexOf(group.gap) <= index ? index + group.nodes.length : index;
  });
}
