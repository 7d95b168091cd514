import fc from "fast-check";
import { expect, test } from "vitest";
import { record, redo, startHistory, undo } from "../src/graph/stack/history";
import { flatten, outline } from "../src/graph/stack/outline";
import { readStack } from "../src/wire/readStack";
import type { LayerStack } from "../src/wire/types";
import { anyDesign, GESTURES, gesture, pick, type Roll, step } from "./chance";
import { anyRoll, GPT, ids, isContainer, PARALLEL, references, TWO_HALVES, TYPES } from "./stacks";

const STEPS = 25;
const anyStart = fc.record({ roll: anyRoll, choice: fc.integer({ min: 0, max: 3 }) }).map(({ roll, choice }) => ({
  roll,
  start: [GPT, PARALLEL, TWO_HALVES][choice] ?? anyDesign(roll, TYPES),
}));

function expectWellFormed(stack: LayerStack) {
  expect(readStack(JSON.parse(JSON.stringify(stack)))).toEqual(stack);
  const all = ids(stack);
  expect(all.every((id) => typeof id === "string" && id !== "")).toBe(true);
  expect(new Set(all).size).toBe(all.length);
  for (const { node, isBlock } of flatten(outline(stack, isContainer)))
    expect(isBlock).toBe(node.children !== undefined);
}

test("any sequence of gestures leaves a well-formed stack whose ids are unique", () => {
  fc.assert(
    fc.property(anyStart, ({ roll, start }) => {
      let history = startHistory(start);
      for (let i = 0; i < STEPS; i++) {
        history = step(history, roll, TYPES);
        expectWellFormed(history.present);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("no gesture changes the stack that it is given", () => {
  fc.assert(
    fc.property(anyStart, fc.constantFrom(...GESTURES), ({ roll, start }, name) => {
      const before = structuredClone(start);
      gesture(name, start, roll, TYPES);
      expect(start).toEqual(before);
    }),
  );
});

function anySequence(start: LayerStack, roll: Roll): LayerStack[] {
  const stacks = [start];
  for (let i = 0; i < STEPS; i++) stacks.push(gesture(pick(GESTURES, roll), stacks.at(-1) ?? [], roll, TYPES));
  return stacks;
}

test("undo gives back each stack before, and redo each one after", () => {
  fc.assert(
    fc.property(anyStart, ({ roll, start }) => {
      const shown = anySequence(start, roll).filter((stack, i, all) => stack !== all[i - 1]);
      let history = startHistory(start);
      for (const stack of shown) history = record(history, stack);
      for (const stack of shown.toReversed()) {
        expect(history.present).toBe(stack);
        history = undo(history);
      }
      expect(undo(history)).toBe(history);
      for (const stack of shown) {
        expect(history.present).toBe(stack);
        history = redo(history);
      }
      expect(redo(history)).toBe(history);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("moving changes no node, only where it stands: no reference gets lost", () => {
  fc.assert(
    fc.property(anyStart, ({ roll, start }) => {
      const moved = gesture("moveAll", start, roll, TYPES);
      const said = (stack: LayerStack) =>
        flatten(outline(stack, isContainer)).map(({ node }) => `${node.type} ${JSON.stringify(node.data)}`);
      expect(said(moved).toSorted()).toEqual(said(start).toSorted());
    }),
  );
});

test("what is copied refers to no copy from outside, and to copies where it referred to what was copied too", () => {
  const copied = gesture("duplicateAll", PARALLEL, () => 0.2, TYPES); // the block, by these numbers
  const fresh = flatten(outline(copied, isContainer)).filter(({ node }) => !ids(PARALLEL).includes(node.data.id));
  const names = fresh.map(({ node }) => node.data.id);
  const refers = fresh.flatMap(({ node }) => references(node.type).flatMap((field) => node.data[field] ?? []));
  expect(refers).toHaveLength(3);
  for (const reference of refers) expect(names).toContain(String(reference).replace(/:in$/, ""));
});
