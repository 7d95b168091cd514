// Designs and gestures chosen by chance, from numbers between 0 and 1 that the caller draws.

import { connect } from "../src/graph/stack/branches";
import { copyText, readPasted } from "../src/graph/stack/clipboard";
import { mend, setField, setMany } from "../src/graph/stack/gestures";
import { type History, record, redo, undo } from "../src/graph/stack/history";
import { allIds, idOf, type ReferenceFields } from "../src/graph/stack/ids";
import { duplicateAll, insertAll } from "../src/graph/stack/inserting";
import { moveAll } from "../src/graph/stack/moving";
import { flatten, type Item, outline } from "../src/graph/stack/outline";
import { at, indexOf, type Path, parentOf } from "../src/graph/stack/path";
import { removeAll } from "../src/graph/stack/removing";
import { renameId } from "../src/graph/stack/renaming";
import { siblingsAt } from "../src/graph/stack/siblings";
import { unwrap } from "../src/graph/stack/unwrapping";
import { wrap } from "../src/graph/stack/wrapping";
import type { LayerNode, LayerStack } from "../src/wire/types";

/** The next number, at least 0 and below 1. */
export type Roll = () => number;

/** Numbers that look like chance, the same ones for the same seed (mulberry32). */
export function dice(seed: number): Roll {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What is known about layer types. */
export interface Types {
  readonly nodes: readonly LayerNode[];
  readonly references: ReferenceFields;
  readonly wires: ReferenceFields;
  readonly isContainer: (type: string) => boolean;
}

export const GESTURES = [
  "insertAll",
  "removeAll",
  "moveAll",
  "duplicateAll",
  "wrap",
  "unwrap",
  "paste",
  "connect",
  "setField",
  "setMany",
  "mend",
  "renameId",
] as const;
export type GestureName = (typeof GESTURES)[number];

const MOST_NODES = 120;
const DEEPEST = 12; // Python refuses blocks in blocks beyond 16

export function pick<T>(list: readonly T[], roll: Roll): T {
  const found = list[Math.floor(roll() * list.length)];
  if (found === undefined) throw new Error("nothing to choose from");
  return found;
}

/** The places of a node and its siblings up or down to the one of index `last`. */
export function runOf(path: Path, last: number): Path[] {
  const first = Math.min(indexOf(path), last);
  return Array.from({ length: Math.abs(indexOf(path) - last) + 1 }, (_, n) => at(parentOf(path), first + n));
}

/** Every place of a stack where a node can be put. */
export function gapsIn(stack: LayerStack, isContainer: Types["isContainer"]): Path[] {
  const blocks = flatten(outline(stack, isContainer)).filter((item) => item.isBlock);
  return [[], ...blocks.map((item) => item.path)].flatMap((list) =>
    Array.from({ length: siblingsAt(stack, list).length + 1 }, (_, index) => at(list, index)),
  );
}

/** A design of nodes from the list, nested by chance, whose references may mean something or not. */
export function anyDesign(roll: Roll, types: Types): LayerStack {
  let stack: LayerStack = [];
  const size = 2 + Math.floor(roll() * 12);
  for (let i = 0; i < size; i++) {
    const gap = pick(gapsIn(stack, types.isContainer), roll);
    stack = insertAll(stack, gap, [pick(types.nodes, roll)], types.references).stack;
  }
  return flatten(outline(stack, types.isContainer)).reduce(
    (wired, item) => (roll() < 0.5 ? refer(wired, item, roll, types) : wired),
    stack,
  );
}

/** Makes a gesture at places chosen by chance; the stack itself where that would grow without end. */
export function gesture(name: GestureName, stack: LayerStack, roll: Roll, types: Types): LayerStack {
  const next = made(name, stack, roll, types);
  const paths = flatten(outline(next, types.isContainer)).map(({ path }) => path);
  return paths.length > MOST_NODES || paths.some((path) => path.length > DEEPEST) ? stack : next;
}

function made(name: GestureName, stack: LayerStack, roll: Roll, types: Types): LayerStack {
  const { references, wires } = types;
  const items = flatten(outline(stack, types.isContainer));
  const gap = pick(gapsIn(stack, types.isContainer), roll);
  if (name === "insertAll" || items.length === 0)
    return insertAll(stack, gap, [pick(types.nodes, roll), pick(types.nodes, roll)], references).stack;
  const item = pick(items, roll);
  const chosen = [item, ...items.filter(() => roll() < 0.15)].map(({ path }) => path);
  switch (name) {
    case "removeAll":
      return removeAll(stack, chosen, wires).stack;
    case "moveAll":
      return moveAll(stack, chosen, gap).stack;
    case "duplicateAll":
      return duplicateAll(stack, chosen, references).stack;
    case "wrap": {
      const block = types.nodes.find((node) => types.isContainer(node.type));
      const run = runOf(item.path, indexOf(item.path) + Math.floor(roll() * 3));
      return block ? wrap(stack, roll() < 0.3 ? chosen : run, { ...block, children: [] }, wires).stack : stack;
    }
    case "unwrap":
      return unwrap(stack, pick([item, ...items.filter(({ isBlock }) => isBlock)], roll).path, wires).stack;
    case "paste":
      return insertAll(stack, gap, readPasted(copyText(stack, chosen)) ?? [], references).stack;
    case "connect":
      return refer(stack, item, roll, types);
    case "setField":
      return setField(stack, item.path, "label", roll() < 0.3 ? undefined : `No. ${Math.round(roll() * 9)}`);
    case "setMany":
      return setMany(stack, Object.fromEntries(chosen.map((_, i) => [idOf(item.node) ?? "", { label: `${i}` }])));
    case "mend":
      return mend(stack, item.path, { label: null, input: null });
    case "renameId":
      return renameId(stack, item.path, pick(["a", "b", "b-in", "b:in", "", "x y", "gone"], roll), references);
  }
}

function refer(stack: LayerStack, { path }: Item, roll: Roll, { wires }: Types): LayerStack {
  const reference = pick([...allIds(stack), "gone"], roll) + pick(["", "", ":in", "-in"], roll);
  return connect(stack, path, reference, wires);
}

/** One step of someone at work: mostly a gesture, sometimes back or forth. */
export function step(history: History, roll: Roll, types: Types): History {
  const chance = roll();
  if (chance < 0.1) return undo(history);
  if (chance < 0.15) return redo(history);
  return record(history, gesture(pick(GESTURES, roll), history.present, roll, types));
}
