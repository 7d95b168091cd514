import { describe, expect, test } from "vitest";
import { placeWithout, topmost } from "../src/graph/stack/chosen";
import { setMany } from "../src/graph/stack/gestures";
import { duplicateAll, insertAll } from "../src/graph/stack/inserting";
import { canMoveAll, moveAll, whyNotMove } from "../src/graph/stack/moving";
import type { Path } from "../src/graph/stack/path";
import { nodeAt } from "../src/graph/stack/siblings";
import { GPT, ids, node, PARALLEL, references } from "./stacks";

describe("topmost", () => {
  test.each<[Path[], Path[]]>([
    [[], []],
    [
      [[2], [0]],
      [[0], [2]],
    ],
    [[[1, 2], [1], [1, 0]], [[1]]],
    [
      [[10], [9], [1, 10], [1, 9]],
      [[1, 9], [1, 10], [9], [10]],
    ],
    [
      [[0], [0], [1]],
      [[0], [1]],
    ],
    [
      [
        [1, 0],
        [1, 0, 3],
        [1, 1],
      ],
      [
        [1, 0],
        [1, 1],
      ],
    ],
    [[[]], []],
  ])("of %j is %j", (paths, expected) => {
    expect(topmost(paths)).toEqual(expected);
  });

  test("leaves the order in which they were chosen alone", () => {
    const paths: Path[] = [[2], [0]];
    topmost(paths);
    expect(paths).toEqual([[2], [0]]);
  });
});

test.each<[Path, Path[], Path]>([
  [[3], [[0], [2], [4]], [1]],
  [
    [3, 1],
    [[0], [3, 0], [4]],
    [2, 0],
  ],
  [
    [1, 1],
    [[0, 0], [2]],
    [1, 1],
  ],
])("%j without %j is at %j", (place, chosen, expected) => {
  expect(placeWithout(place, chosen)).toEqual(expected);
});

describe("moveAll", () => {
  test.each<[string, Path[], Path, string[], Path[]]>([
    [
      "gathers what lay apart, in the order in which it stood",
      [[2], [0]],
      [1, 1],
      ["block", "norm", "tokens", "head", "attention", "add"],
      [
        [0, 1],
        [0, 2],
      ],
    ],
    [
      "takes a run down",
      [
        [1, 0],
        [1, 1],
      ],
      [3],
      ["tokens", "block", "add", "head", "norm", "attention"],
      [[3], [4]],
    ],
    [
      "takes from several lists",
      [[0], [1, 1]],
      [2],
      ["block", "norm", "add", "tokens", "attention", "head"],
      [[1], [2]],
    ],
    [
      "lets a block take along what is inside it",
      [[1], [1, 0]],
      [0],
      ["block", "norm", "attention", "add", "tokens", "head"],
      [[0]],
    ],
    [
      "gathers at a place between them",
      [[0], [2]],
      [1],
      ["tokens", "head", "block", "norm", "attention", "add"],
      [[0], [1]],
    ],
  ])("%s", (_, paths, gap, order, places) => {
    const { stack, paths: moved } = moveAll(GPT, paths, gap);
    expect(ids(stack)).toEqual(order);
    expect(moved).toEqual(places);
    expect(moved.map((path) => nodeAt(stack, path))).toEqual(topmost(paths).map((path) => nodeAt(GPT, path)));
  });

  test.each<[Path[], Path, string | null]>([
    [[[0], [1]], [1], "same-place"],
    [[[0], [1]], [0], "same-place"],
    [[[0], [1]], [2], "same-place"],
    [[[0], [2]], [1], null],
    [[[0], [1]], [1, 2], "inside-itself"],
    [
      [
        [1, 0],
        [1, 1],
      ],
      [1, 2],
      "same-place",
    ],
    [
      [
        [1, 0],
        [1, 1],
      ],
      [1, 3],
      null,
    ],
    [[[1, 0]], [1], null],
    [[], [0], "same-place"],
  ])("%j into the gap %j: %s", (paths, gap, reason) => {
    expect(whyNotMove(paths, gap)).toBe(reason);
    expect(canMoveAll(paths, gap)).toBe(reason === null);
    expect(moveAll(GPT, paths, gap).stack === GPT).toBe(reason !== null);
  });

  test("there and back again is the design it was", () => {
    const there = moveAll(GPT, [[0], [2]], [1, 1]);
    expect(moveAll(moveAll(there.stack, [[0, 1]], [0]).stack, [[1, 1]], [2]).stack).toEqual(GPT);
  });
});

describe("insertAll", () => {
  const pair = [node("linear", "a"), node("residual", "add", { source: "a:in", input: "elsewhere" })];

  test("keeps ids that are free, and lets references among the new layers follow where they are not", () => {
    const { stack, paths } = insertAll(GPT, [1, 1], pair, references);
    expect(ids(stack)).toEqual(["tokens", "block", "norm", "a", "residual", "attention", "add", "head"]);
    expect(paths).toEqual([
      [1, 1],
      [1, 2],
    ]);
    const again = insertAll(stack, [0], pair, references);
    expect(again.stack.slice(0, 2).map(({ data }) => data)).toEqual([
      { id: "linear" },
      { id: "residual-2", source: "linear:in", input: "elsewhere" },
    ]);
    expect(nodeAt(again.stack, [3, 3])).toBe(nodeAt(stack, [1, 3])); // and no other reference does
  });

  test("takes the first of two pasted layers of one id for what a reference means", () => {
    const twice = [node("linear", "head"), node("dropout", "head"), node("residual", "r", { source: "head" })];
    const { stack } = insertAll(GPT, [0], twice, references);
    expect(stack.slice(0, 3).map(({ data }) => data)).toEqual([
      { id: "linear" },
      { id: "dropout" },
      { id: "r", source: "linear" },
    ]);
  });

  test("keeps no id that reads like the input of another layer", () => {
    const stack = [node("linear", "a"), node("linear", "b"), node("residual", "add", { source: "a-in" })];
    expect(ids(insertAll(stack, [0], [node("dropout", "a-in")], references).stack)).toEqual([
      "dropout",
      "a",
      "b",
      "add",
    ]);
  });

  test("of nothing changes nothing", () => {
    expect(insertAll(GPT, [0], [], references)).toEqual({ stack: GPT, paths: [] });
    expect(insertAll(GPT, [0], [], references).stack).toBe(GPT);
  });
});

describe("duplicateAll", () => {
  test("puts the copies of a run below it, and wires them among themselves", () => {
    const { stack, paths } = duplicateAll(
      PARALLEL,
      [
        [1, 2],
        [1, 0],
      ],
      references,
    );
    expect(ids(stack).slice(2, 8)).toEqual(["norm", "attention", "ffn", "normalization", "feedForward", "add1"]);
    expect(nodeAt(stack, [1, 4])?.data).toEqual({ id: "feedForward", input: "normalization" });
    expect(paths).toEqual([
      [1, 3],
      [1, 4],
    ]);
  });

  test("copies in several lists at once, also across them", () => {
    const stack = [node("linear", "a"), node("transformerBlock", "b", {}, [node("residual", "c", { source: "a" })])];
    const copied = duplicateAll(stack, [[1, 0], [0]], references);
    expect(ids(copied.stack)).toEqual(["a", "linear", "b", "c", "residual"]);
    expect(copied.paths).toEqual([[1], [2, 1]]);
    expect(nodeAt(copied.stack, [2, 1])?.data.source).toBe("linear");
  });

  test("of a block and what is inside it copies it once", () => {
    expect(duplicateAll(GPT, [[1], [1, 1]], references).paths).toEqual([[2]]);
    expect(duplicateAll(GPT, [[7]], references).stack).toBe(GPT);
  });
});

describe("setMany", () => {
  test("sets and takes out values of several layers, and shares the others", () => {
    const changed = setMany(GPT, {
      tokens: { embDim: 128 },
      attention: { numHeads: null, label: "eight" },
      gone: { a: 1 },
    });
    expect(nodeAt(changed, [0])?.data).toEqual({ id: "tokens", embDim: 128 });
    expect(nodeAt(changed, [1, 1])?.data).toEqual({ id: "attention", label: "eight" });
    expect(nodeAt(changed, [1, 0])).toBe(nodeAt(GPT, [1, 0]));
    expect(changed[2]).toBe(GPT[2]);
  });

  test("of what is there already changes nothing", () => {
    expect(setMany(GPT, { attention: { numHeads: 4 } })).toBe(GPT);
    expect(setMany(GPT, {})).toBe(GPT);
  });

  test("takes ids and fields that every object has for what they say", () => {
    const stack = [node("linear", "constructor"), node("linear", "__proto__")];
    expect(setMany(stack, {})).toBe(stack);
    const changed = setMany(stack, JSON.parse('{"__proto__": {"__proto__": 1, "label": "x"}}'));
    expect(Object.entries(changed[1]?.data ?? {})).toEqual([
      ["id", "__proto__"],
      ["__proto__", 1],
      ["label", "x"],
    ]);
  });
});
