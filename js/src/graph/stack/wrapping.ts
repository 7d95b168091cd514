// A run of layers put into a block, and taken out of it again. With one repeat the design means the same as before.

import type { LayerNode, LayerStack } from "../../wire/types";
import { INPUT } from "./branches";
import { type Outcome, topmost } from "./chosen";
import { Flow, isSame, type Target } from "./flow";
import { allIds, freshId, type ReferenceFields } from "./ids";
import { indexOf, isWithin, type Path, parentOf, samePath } from "./path";
import { writeReference } from "./references";
import { changeSiblings, mapNodes, nodeAt } from "./siblings";
import { withFields } from "./values";

/** Why a choice cannot be put into one block. */
export type NoWrap = "nothing" | "different-parents" | "gap";

/** Why the nodes at `paths` cannot be put into one block; null where they can. */
export function whyNotWrap(paths: readonly Path[]): NoWrap | null {
  const [first, ...others] = topmost(paths);
  if (!first) return "nothing";
  if (others.some((path) => !samePath(parentOf(path), parentOf(first)))) return "different-parents";
  return others.every((path, number) => indexOf(path) === indexOf(first) + number + 1) ? null : "gap";
}

export function canWrap(paths: readonly Path[]): boolean {
  return whyNotWrap(paths) === null;
}

/**
 * Puts siblings that follow one another into a copy of `block`. What flows into the run is the block's input
 * from then on, for those inside in each repeat; what comes out of it is the block's output. A reference from below to the
 * middle of the run stays as it is, and Python reports it: nobody outside a block can see what is inside.
 *
 * @param block An empty block, as the palette offers it.
 * @param wires The fields that something flows through.
 */
export function wrap(stack: LayerStack, paths: readonly Path[], block: LayerNode, wires: ReferenceFields): Outcome {
  const chosen = topmost(paths).filter((path) => nodeAt(stack, path));
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (!first || !last || !canWrap(chosen)) return { stack, paths: chosen };
  const flow = new Flow(stack);
  const id = idOfBlock(block.type, allIds(stack));
  const enters = flow.incoming(first);
  const reads = inputOf(nodeAt(stack, first));
  const isInside = (path: Path) => {
    const index = path[first.length - 1] ?? -1;
    return isWithin(path, parentOf(first)) && index >= indexOf(first) && index <= indexOf(last);
  };

  const fromInside = (target: Target, path: Path) =>
    isSame(flow.signal(target, path), enters) ? writeReference(id, true) : null;
  const fromBelow = (target: Target, path: Path) => {
    if (!isInside(target.path)) return null;
    if (samePath(target.path, target.input ? first : last)) return writeReference(id, target.input);
    const signal = flow.signal(target, path);
    return signal && !isInside(signal.path) ? flow.spell(signal, path) : null;
  };
  const wired = mapNodes(stack, (node, path) => {
    const follow = isInside(path) ? fromInside : fromBelow;
    const values = referring(node, path, flow, wires, (target) => follow(target, path));
    return withFields(node, reads !== undefined && samePath(path, first) ? { ...values, [INPUT]: undefined } : values);
  });
  const data = { ...block.data, id, ...(reads === undefined ? {} : { [INPUT]: reads }) };
  const wrapped = changeSiblings(wired, parentOf(first), (list) => {
    const children = list.slice(indexOf(first), indexOf(last) + 1);
    return list.toSpliced(indexOf(first), children.length, { ...block, data, children });
  });
  return { stack: wrapped, paths: [first] };
}

/** An id for a block, such that its input has a name of its own, too. */
function idOfBlock(type: string, taken: Set<string>): string {
  const id = freshId(type, taken);
  return taken.has(writeReference(id, true)) ? idOfBlock(type, taken.add(id)) : id;
}

/** The new values of a node's references: what `follow` makes of each that names something; null leaves one as it is. */
export function referring(
  node: LayerNode,
  path: Path,
  flow: Flow,
  wires: ReferenceFields,
  follow: (target: Target) => string | null,
): Record<string, string> {
  const values = wires(node.type).flatMap((field) => {
    const target = flow.target(node.data[field], path);
    const text = target && follow(target);
    return text === null ? [] : [[field, text] as const];
  });
  return Object.fromEntries(values);
}

/** What a node names to be read instead of what comes from above. */
function inputOf(node: LayerNode | undefined): string | undefined {
  const text = node?.data[INPUT];
  return typeof text === "string" && text !== "" ? text : undefined;
}
