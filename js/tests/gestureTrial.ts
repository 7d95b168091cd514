// For tests/widgets/test_gestures_parse.py: makes designs out of designs, so that Python can judge them.

import { startHistory } from "../src/graph/stack/history";
import { duplicateAll, insertAll } from "../src/graph/stack/inserting";
import { moveAll } from "../src/graph/stack/moving";
import { flatten, outline } from "../src/graph/stack/outline";
import { containerTest, referenceFields, wireFields } from "../src/graph/stack/paletteFacts";
import { indexOf, nextTo, type Path, parentOf } from "../src/graph/stack/path";
import { type Healed, removeAll } from "../src/graph/stack/removing";
import { siblingsAt } from "../src/graph/stack/siblings";
import { unwrap } from "../src/graph/stack/unwrapping";
import { wrap } from "../src/graph/stack/wrapping";
import { readPalette } from "../src/wire/readPalette";
import type { LayerStack } from "../src/wire/types";
import { anyDesign, dice, gapsIn, pick, runOf, step, type Types } from "./chance";

function typesOf(drawn: unknown): Types {
  const palette = readPalette(drawn);
  return {
    nodes: [...palette.values()].map(({ newNode }) => newNode),
    references: referenceFields(palette),
    wires: wireFields(palette),
    isContainer: containerTest(palette),
  };
}

/** What is left of `count` sessions of many gestures each; they begin with one of the designs, or with one made by chance. */
export function sessions(drawn: unknown, designs: readonly LayerStack[], count: number, steps: number): LayerStack[] {
  const types = typesOf(drawn);
  return Array.from({ length: count }, (_, seed) => {
    const roll = dice(seed);
    let history = startHistory(roll() < 0.6 ? pick(designs, roll) : anyDesign(roll, types));
    for (let i = 0; i < steps; i++) history = step(history, roll, types);
    return history.present;
  });
}

interface Trial {
  readonly gesture: string;
  readonly where: Path;
  readonly made: LayerStack;
  readonly back: LayerStack;
}

/** Gestures all over a design, and what undoes each without undo: wrapping each run, copying each block, moving each layer. */
export function thereAndBack(drawn: unknown, design: LayerStack): Trial[] {
  const types = typesOf(drawn);
  const items = flatten(outline(design, types.isContainer));
  const palette = types.nodes.find(({ type }) => types.isContainer(type));
  if (!palette) throw new Error("no block in the palette");
  const block = { ...palette, data: { ...palette.data, numOfBlocks: 1 }, children: [] };
  const trials: Trial[] = [];
  for (const { path, isBlock } of items) {
    const siblings = siblingsAt(design, parentOf(path)).length;
    for (let last = indexOf(path); last < siblings; last++) {
      const { stack: made, paths } = wrap(design, runOf(path, last), block, types.wires);
      trials.push({ gesture: "wrap", where: path, made, back: unwrap(made, paths[0] ?? [], types.wires).stack });
    }
    if (isBlock) {
      const { stack: made, paths } = duplicateAll(design, [path], types.references);
      trials.push({ gesture: "duplicate", where: path, made, back: removeAll(made, paths, types.wires).stack });
    }
    for (const gap of gapsIn(design, types.isContainer)) {
      const { stack: made, paths } = moveAll(design, [path], gap);
      const isLower = indexOf(paths[0] ?? []) < indexOf(path) && String(parentOf(gap)) === String(parentOf(path));
      if (String(parentOf(gap)) !== String(parentOf(path)) || made === design) continue;
      const back = moveAll(made, paths, isLower ? nextTo(path) : path).stack;
      trials.push({ gesture: "move", where: path, made, back });
    }
  }
  return trials;
}

/** For each list of ids: what is left, and who was healed, when those layers are removed one after the other. */
export function removals(drawn: unknown, design: LayerStack, lists: readonly (readonly string[])[]) {
  const { wires, isContainer } = typesOf(drawn);
  return lists.map((ids) => {
    const healed: Healed[] = [];
    const left = ids.reduce((stack, id) => {
      const item = flatten(outline(stack, isContainer)).find(({ key }) => key === id);
      const removal = removeAll(stack, item ? [item.path] : [], wires);
      healed.push(...removal.healed);
      return removal.stack;
    }, design);
    return { left, healed };
  });
}

/** A design pasted whole into an empty one. */
export function pasted(drawn: unknown, design: LayerStack): LayerStack {
  return insertAll([], [0], design, typesOf(drawn).references).stack;
}
