import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flatten, outline } from "../src/graph/stack/outline";
import type { Path } from "../src/graph/stack/path";
import { removeAll } from "../src/graph/stack/removing";
import { nodeAt } from "../src/graph/stack/siblings";
import type { LayerNode, LayerStack } from "../src/wire/types";
import { Meaning } from "./meaning";
import { anyRoll, anySoundDesign, GPT, ids, isContainer, node, PARALLEL, references, TWO_HALVES } from "./stacks";

const linear = (id: string, data: object = {}) => node("linear", id, data);
const add = (id: string, source: string, data: object = {}) => node("residual", id, { source, ...data });
const block = (id: string, children: LayerNode[], data: object = {}) => node("transformerBlock", id, data, children);

/** What is left, and what was healed, as "who.what: from -> to". */
function removed(stack: LayerStack, ...paths: Path[]) {
  const { healed, ...outcome } = removeAll(stack, paths, references);
  const said = healed.map(({ id, field, from, to }) => `${id}.${field}: ${from} -> ${to}`);
  const data = (id: string) =>
    flatten(outline(outcome.stack, isContainer)).find((item) => item.node.data.id === id)?.node.data;
  return { ...outcome, said, data };
}

describe("what pointed to a removed layer", () => {
  test.each<[string, LayerStack, Path[], string[]]>([
    ["reads the layer before", [linear("a"), linear("b"), linear("c"), add("d", "b")], [[1]], ["d.source: b -> a"]],
    [
      "reads the same under the name that is left",
      [linear("a"), linear("b"), linear("c"), add("d", "b:in")],
      [[1]],
      ["d.source: b:in -> a"],
    ],
    [
      "reads what the removed layer named to be read",
      [linear("a"), linear("b"), linear("c", { input: "a" }), linear("d"), add("e", "c")],
      [[2]],
      ["e.source: c -> a"],
    ],
    [
      "reads the block's input if the removed layer was the first inside",
      [linear("t"), block("block", [linear("a"), linear("b"), add("c", "a")])],
      [[1, 0]],
      ["c.source: a -> block:in"],
    ],
    [
      "passes over a run of removed layers",
      [linear("a"), linear("b"), linear("c"), linear("d"), add("e", "c")],
      [[1], [2]],
      ["e.source: c -> a"],
    ],
    [
      "follows a removed layer to what that one named, and on",
      [linear("a"), linear("b"), linear("c"), linear("d", { input: "b" }), linear("e"), add("f", "d")],
      [[1], [3]],
      ["f.source: d -> a"],
    ],
    [
      "reads what flowed into a removed block, from inside another block too",
      [linear("a"), block("b", [linear("in")]), linear("c"), block("d", [linear("e"), add("f", "b")])],
      [[1]],
      ["f.source: b -> a"],
    ],
    [
      "reads what the design begins with",
      [linear("a"), linear("b"), linear("c", { input: "a:in" })],
      [[0]],
      ["c.input: a:in -> b:in"],
    ],
    [
      "reads what the design begins with, where all before it is gone",
      [linear("a"), linear("b"), linear("c"), linear("d", { input: "b" })],
      [[0], [1]],
      ["d.input: b -> c:in"],
    ],
  ])("%s", (_, stack, paths, healed) => {
    expect(removed(stack, ...paths).said).toEqual(healed);
  });

  test("loses the key where it now reads what comes from above anyway", () => {
    const { data, said } = removed([linear("a"), linear("b"), linear("c"), linear("d", { input: "b" })], [1], [2]);
    expect(said).toEqual(["d.input: b -> a"]);
    expect(data("d")).toEqual({ id: "d" });
  });

  test("is told also where what it reads has no name", () => {
    const { said, data } = removed([{ type: "linear", data: {} }, linear("b"), linear("c", { input: "b" })], [1]);
    expect(said).toEqual(["c.input: b -> null"]);
    expect(data("c")).toEqual({ id: "c" });
  });

  test("is healed by both of its references", () => {
    const stack = [linear("a"), linear("b"), linear("c"), linear("d"), linear("x"), add("e", "b", { input: "d" })];
    expect(removed(stack, [1], [3]).said).toEqual(["e.source: b -> a", "e.input: d -> c"]);
  });
});

describe("is left alone, for Python to report,", () => {
  test.each<[string, LayerStack, Path[]]>([
    ["where a residual would add what comes in to itself", [linear("a"), linear("b"), add("c", "b")], [[1]]],
    [
      "where that would be so by its other reference",
      [linear("a"), linear("b"), linear("c"), add("d", "a", { input: "b" })],
      [[1]],
    ],
    [
      "where all that is between is a block that is empty",
      [linear("a"), linear("b"), block("c", [linear("d")]), add("e", "b")],
      [[1], [2, 0]],
    ],
    [
      "where all that is between is a block with nothing but an empty one",
      [linear("a"), linear("b"), block("c", [block("d", [linear("e")])]), add("f", "b")],
      [[1], [2, 0, 0]],
    ],
    [
      "where the last in the block between reads what came into it",
      [
        linear("a"),
        linear("b"),
        block("c", [linear("d"), block("e", [linear("f")], { input: "c:in" })]),
        add("g", "b"),
      ],
      [[1], [2, 1, 0]],
    ],
    [
      "where the layer that the design begins with reads something else",
      [linear("a"), linear("b", { input: "gone" }), linear("c"), linear("d", { input: "a:in" })],
      [[0]],
    ],
    ["where all before it is gone", [linear("a"), linear("b"), add("c", "a")], [[0], [1]]],
    [
      "where what the removed layer read was not there either",
      [linear("z"), linear("a", { input: "gone" }), linear("b"), add("c", "a")],
      [[1]],
    ],
    ["where it could not be read before", [linear("a"), add("b", "c"), linear("c")], [[2]]],
    [
      "where it looked into a block that is gone",
      [linear("a"), block("b", [linear("c")]), linear("d"), add("e", "c")],
      [[1]],
    ],
    ["where what is left has no name", [{ type: "linear", data: {} }, linear("b"), linear("c"), add("d", "b")], [[1]]],
    [
      "where the name that is left means another layer",
      [linear("t"), block("b", [linear("a"), linear("c"), add("d", "a")]), linear("b:in")],
      [[1, 0]],
    ],
    [
      "where the design begins with the block around it",
      [linear("a"), block("b", [linear("c"), linear("x"), linear("d", { input: "a:in" })])],
      [[0]],
    ],
  ])("%s", (_, stack, paths) => {
    const before = flatten(outline(stack, isContainer)).map((item) => item.node.data);
    const after = removeAll(stack, paths, references);
    expect(after.healed).toEqual([]);
    for (const item of flatten(outline(after.stack, isContainer))) expect(before).toContain(item.node.data);
  });

  test("where nothing flows: a table that was shared has no heir", () => {
    const stack = [linear("a"), linear("b"), linear("c", { tiedTo: "b" })];
    expect(removed(stack, [1]).data("c")).toEqual({ id: "c", tiedTo: "b" });
  });
});

test("the first sublayer's residual of a block falls back to what the sublayer read", () => {
  const { stack, said } = removed(GPT, [1, 2]);
  expect(ids(stack)).toEqual(["tokens", "block", "norm", "attention", "head"]);
  expect(said).toEqual([]);
  expect(removed(PARALLEL, [1, 0]).said).toEqual(["ffn.input: norm -> block:in"]);
  expect(removed(PARALLEL, [1, 1]).said).toEqual(["add1.source: attention -> norm"]);
  expect(removed(TWO_HALVES, [0]).said).toEqual(["second.input: source:in -> first:in"]);
});

test("blocks and layers that nothing was taken from are shared with the old stack", () => {
  const { stack } = removeAll(TWO_HALVES, [[5]], references);
  expect(stack).toHaveLength(5);
  stack.forEach((kept, index) => {
    expect(kept).toBe(TWO_HALVES[index]);
  });
  expect(removeAll(GPT, [], references).stack).toBe(GPT);
  expect(removeAll(GPT, [[7], [0, 1]], references).stack).toBe(GPT);
});

test.each<[Path[], Path[]]>([
  [[[0], [1, 0]], [[0, 0]]], // what took the place of the last one
  [
    [
      [1, 1],
      [1, 2],
    ],
    [[1, 0]],
  ],
  [
    [
      [1, 0],
      [1, 1],
      [1, 2],
    ],
    [[1]],
  ],
  [[[1], [1, 2], [2]], [[0]]],
  [[[0], [1], [2]], []],
])("after %j is removed, %j is selected", (paths, selected) => {
  const { stack, paths: after } = removeAll(GPT, paths, references);
  expect(after).toEqual(selected);
  for (const path of after) expect(nodeAt(stack, path)).toBeDefined();
});

test("what is left computes what it would with the removed layers passing on what they read", () => {
  let compared = 0;
  fc.assert(
    fc.property(anySoundDesign, anyRoll, (stack, roll) => {
      const chosen = flatten(outline(stack, isContainer)).filter(() => roll() < 0.25);
      const paths = chosen.map(({ path }) => path);
      const { stack: after, healed } = removeAll(stack, paths, references);
      const meaning = new Meaning();
      const expected = meaning.of(stack, new Set(chosen.map(({ node }) => node.data.id)));
      const doubles = meaning.doubled.length > 0;
      const found = meaning.of(after);
      for (const { id } of healed) expect(meaning.doubled).not.toContain(id);
      const removedFirst = chosen.some(({ path }) => path.length === 1 && path[0] === 0);
      if (found !== null) expect(found).toBe(expected);
      else expect(doubles || removedFirst).toBe(true);
      compared += Number(found !== null && chosen.length > 0 && after.length > 0);
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(100);
}, 60_000);
