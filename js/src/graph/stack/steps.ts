// Where the next place up or down is, for layers that are moved with the keyboard: step by step, into blocks and out of them.

import type { LayerStack } from "../../wire/types";
import { at, indexOf, nextTo, type Path, parentOf } from "./path";
import { nodeAt, siblingsAt } from "./siblings";

/** The gap one step above the first of the chosen places; null at the top. */
export function gapAbove(stack: LayerStack, chosen: readonly Path[]): Path | null {
  const first = chosen[0];
  if (!first) return null;
  const parent = parentOf(first);
  if (indexOf(first) === 0) return parent.length > 0 ? parent : null;
  const before = at(parent, indexOf(first) - 1);
  const inside = nodeAt(stack, before)?.children;
  return inside ? at(before, inside.length) : before;
}

/** The gap one step below the last of the chosen places; null at the bottom. */
export function gapBelow(stack: LayerStack, chosen: readonly Path[]): Path | null {
  const last = chosen.at(-1);
  if (!last) return null;
  const parent = parentOf(last);
  if (indexOf(last) === siblingsAt(stack, parent).length - 1) return parent.length > 0 ? nextTo(parent) : null;
  const after = nextTo(last);
  return nodeAt(stack, after)?.children ? at(after, 0) : nextTo(after);
}
