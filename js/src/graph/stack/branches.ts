// What a node reads: what comes from above, or what a reference names instead.

import type { LayerStack } from "../../wire/types";
import { setField } from "./gestures";
import { idOf, type ReferenceFields } from "./ids";
import type { Item } from "./outline";
import { indexOf, isWithin, type Path, parentOf } from "./path";
import { readReference } from "./references";
import { nodeAt, siblingsAt } from "./siblings";

/** The format's own reference, which any node may have: what it reads instead of the node before. */
export const INPUT = "input";

/**
 * The reference by which a node reads from elsewhere; null where it reads what comes from above, as most do.
 *
 * @param above The node before it, or the block around it if it is the first one inside.
 */
export function branchOf(item: Item, above: Item | null): string | null {
  const text = item.node.data[INPUT];
  if (typeof text !== "string" || text === "") return null;
  const isFirst = above !== null && item.path.length > above.path.length;
  return isStraight(text, above && idOf(above.node), isFirst) ? null : text;
}

function isStraight(text: string, above: string | null, isFirst: boolean): boolean {
  const { id, input } = readReference(text, { has: (known) => known === above });
  return id === above && input === isFirst;
}

/** A place on the line that can be read from: below a node, or where the repeats of a block begin. */
export interface Source {
  readonly reference: string;
  /** The place of the first node that can read it: those after it can, too, and what is inside of them. */
  readonly from: Path;
}

export function canRead({ from }: Source, path: Path): boolean {
  return isWithin(path, parentOf(from)) && (path[from.length - 1] ?? -1) >= indexOf(from);
}

/**
 * Lets the node at `path` read a place: as what it adds or looks at where its type has a field for that, else instead of what
 * comes from above.
 */
export function connect(stack: LayerStack, path: Path, reference: string, wires: ReferenceFields): LayerStack {
  const node = nodeAt(stack, path);
  if (!node) return stack;
  const own = wires(node.type).find((field) => field !== INPUT);
  if (own !== undefined) return setField(stack, path, own, reference);
  const before = siblingsAt(stack, parentOf(path))[indexOf(path) - 1];
  const above = before ?? nodeAt(stack, parentOf(path));
  const straight = isStraight(reference, above ? idOf(above) : null, before === undefined);
  return setField(stack, path, INPUT, straight ? undefined : reference);
}
