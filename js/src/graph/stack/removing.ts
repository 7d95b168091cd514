import type { LayerNode, LayerStack } from "../../wire/types";
import { INPUT } from "./branches";
import { type Outcome, placeWithout, topmost } from "./chosen";
import { Flow, isSame, type Signal } from "./flow";
import { afterRemoval } from "./gestures";
import { idOf, type ReferenceFields } from "./ids";
import { type Path, pathName } from "./path";
import { mapNodes, nodeAt, without } from "./siblings";
import { withFields } from "./values";

/** One reference that pointed to what was removed. */
export interface Healed {
  /** The id of the node that refers. */
  readonly id: string;
  readonly field: string;
  readonly from: string;
  /** What it reads now; null where that has no name: it then simply reads what comes from above. */
  readonly to: string | null;
}

export interface Removal extends Outcome {
  readonly healed: readonly Healed[];
}

/**
 * Takes the chosen nodes out. What read one of them reads what that one read. Where this makes no sense, the reference stays
 * as it is, and Python reports it: nothing is left to read, or a node would add what comes in to itself.
 *
 * @param wires The fields that something flows through. A table that was shared with a removed node has no such heir.
 */
export function removeAll(stack: LayerStack, paths: readonly Path[], wires: ReferenceFields): Removal {
  const chosen = topmost(paths).filter((path) => nodeAt(stack, path));
  const last = chosen.at(-1);
  if (!last) return { stack, paths: [], healed: [] };
  const removed = new Set(chosen.map(pathName));
  const flow = new Flow(stack, removed);
  const healed: Healed[] = [];
  const mended = mapNodes(stack, (node, path) => {
    if (flow.isGone(path)) return node;
    const heirs = heirsOf(node, path, flow, wires);
    for (const { field, from, to } of heirs) healed.push({ id: idOf(node) ?? node.type, field, from, to });
    return withFields(node, Object.fromEntries(heirs.map(({ field, value }) => [field, value])));
  });
  const rest = without(mended, removed);
  const select = afterRemoval(rest, placeWithout(last, chosen));
  return { stack: rest, paths: select ? [select] : [], healed };
}

interface Heir {
  readonly field: string;
  readonly from: string;
  readonly to: string | null;
  /** What the field then holds; undefined where the straight line says it. */
  readonly value: string | undefined;
  readonly signal: Signal;
}

/** What takes the place of the removed nodes that a node refers to; nothing where that makes no sense. */
function heirsOf(node: LayerNode, path: Path, flow: Flow, wires: ReferenceFields): Heir[] {
  const fields = wires(node.type);
  const heirs = fields.flatMap((field) => heirOf(node, field, path, flow) ?? []);
  if (heirs.length === 0) return heirs;
  const incoming = heirs.find(({ field }) => field === INPUT)?.signal ?? flow.incoming(path);
  const doubles = fields.some((field) => {
    const heir = heirs.find((found) => found.field === field);
    if (field === INPUT || (!heir && !heirs.some((found) => found.field === INPUT))) return false;
    const target = flow.target(node.data[field], path);
    const signal = target && flow.signal(target, path);
    return isSame(signal && flow.root(signal), incoming && flow.root(incoming));
  });
  return doubles ? [] : heirs;
}

function heirOf(node: LayerNode, field: string, path: Path, flow: Flow): Heir | null {
  const from = node.data[field];
  const target = flow.target(from, path);
  if (typeof from !== "string" || !target || !flow.isRemoved(target.path)) return null;
  const signal = flow.signal(target, path);
  if (!signal) return null;
  const to = flow.spell(signal, path);
  const isStraight = field === INPUT && isSame(signal, flow.straight(path));
  if (to === null && !isStraight) return null;
  return { field, from, to, value: isStraight ? undefined : (to ?? undefined), signal };
}
