import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flatten, outline } from "../src/graph/stack/outline";
import { type Path, parentOf } from "../src/graph/stack/path";
import { nodeAt, siblingsAt } from "../src/graph/stack/siblings";
import { canUnwrap, unwrap } from "../src/graph/stack/unwrapping";
import { canWrap, whyNotWrap, wrap } from "../src/graph/stack/wrapping";
import type { LayerNode, LayerStack } from "../src/wire/types";
import { pick, type Roll, runOf } from "./chance";
import { Meaning } from "./meaning";
import { anyRoll, anySoundDesign, GPT, ids, isContainer, node, references, TWO_HALVES } from "./stacks";

const BLOCK: LayerNode = { type: "transformerBlock", data: { numOfBlocks: 1 }, children: [] };
const linear = (id: string, data: object = {}) => node("linear", id, data);
const add = (id: string, source: string) => node("residual", id, { source });
const datas = (nodes: LayerStack | undefined) => nodes?.map(({ data: { id, ...rest } }) => [id, rest]);

describe("wrap", () => {
  const HALF = [linear("t"), linear("norm"), linear("ffn"), add("add", "t"), linear("head")];

  test("takes what is chosen into the block, in the order of the design, under a new id, and selects that", () => {
    const { stack, paths } = wrap(HALF, [[3], [1], [2]], BLOCK, references);
    expect(ids(stack)).toEqual(["t", "transformerBlock", "norm", "ffn", "add", "head"]);
    expect(paths).toEqual([[1]]);
    expect(nodeAt(stack, [1])?.data).toEqual({ numOfBlocks: 1, id: "transformerBlock" });
    expect(stack[0]).toBe(HALF[0]);
    expect(BLOCK.children).toEqual([]);
  });

  test("lets what read the layer before read what comes into each repeat", () => {
    const { stack } = wrap(HALF, [[1], [2], [3]], BLOCK, references);
    expect(nodeAt(stack, [1, 2])?.data).toEqual({ id: "add", source: "transformerBlock:in" });
  });

  test("lets those below read the block where they read the last layer or what came into the first", () => {
    const { stack } = wrap(
      [linear("t"), linear("a"), linear("b"), linear("c"), add("d", "b"), add("e", "a:in")],
      [[1], [2]],
      BLOCK,
      references,
    );
    expect(datas(stack.slice(2))).toEqual([
      ["c", {}],
      ["d", { source: "transformerBlock" }],
      ["e", { source: "transformerBlock:in" }],
    ]);
  });

  test("gives the block what the first layer names to be read", () => {
    const { stack } = wrap(
      [linear("a"), linear("b"), linear("c", { input: "a" }), add("d", "a"), add("e", "b")],
      [[2], [3], [4]],
      BLOCK,
      references,
    );
    expect(nodeAt(stack, [2])?.data).toEqual({ numOfBlocks: 1, id: "transformerBlock", input: "a" });
    expect(datas(nodeAt(stack, [2])?.children)).toEqual([
      ["c", {}],
      ["d", { source: "transformerBlock:in" }],
      ["e", { source: "b" }], // not what comes in: every repeat reads the same
    ]);
  });

  test("names from outside what a layer of the run reads from outside", () => {
    const stack = [linear("a"), linear("b"), linear("c", { input: "a" }), linear("d"), add("e", "c:in")];
    expect(nodeAt(wrap(stack, [[1], [2]], BLOCK, references).stack, [3])?.data.source).toBe("a");
  });

  test("leaves a reference to the middle of the run, for Python to report", () => {
    const { stack } = wrap([linear("a"), linear("b"), linear("c"), add("d", "a")], [[0], [1]], BLOCK, references);
    expect(datas(stack.slice(1))).toEqual([
      ["c", {}],
      ["d", { source: "a" }],
    ]);
  });

  test("works inside a block, and at the beginning of all", () => {
    const inside = wrap(
      GPT,
      [
        [1, 0],
        [1, 1],
        [1, 2],
      ],
      BLOCK,
      references,
    ).stack;
    expect(nodeAt(inside, [1, 0, 2])?.data.source).toBe("transformerBlock:in");
    const begin = wrap(TWO_HALVES, [[0], [1]], BLOCK, references).stack;
    expect(nodeAt(begin, [2])?.data.input).toBe("transformerBlock:in");
  });

  test("takes an id whose input can be told from every other layer", () => {
    const { stack } = wrap([linear("transformerBlock:in"), linear("a")], [[1]], BLOCK, references);
    expect(ids(stack)).toEqual(["transformerBlock:in", "transformerBlock-2", "a"]);
  });

  test.each<[Path[], string | null]>([
    [[], "nothing"],
    [[[1], [1, 0]], null],
    [[[2], [0], [1]], null],
    [[[0], [2]], "gap"],
    [[[0], [1], [1, 0], [2]], null],
    [[[0], [1, 0]], "different-parents"],
    [
      [
        [1, 0],
        [1, 2],
      ],
      "gap",
    ],
  ])("of %j: %s", (paths, reason) => {
    expect(whyNotWrap(paths)).toBe(reason);
    expect(canWrap(paths)).toBe(reason === null);
    if (reason !== null) expect(wrap(GPT, paths, BLOCK, references).stack).toBe(GPT);
  });
});

describe("unwrap", () => {
  test("lets those inside read what the block read, and those below its last layer", () => {
    const { stack, paths } = unwrap([...GPT, add("late", "block"), add("later", "block:in")], [1], references);
    expect(ids(stack)).toEqual(["tokens", "norm", "attention", "add", "head", "late", "later"]);
    expect(paths).toEqual([[1], [2], [3]]);
    expect(["add", "late", "later"].map((id) => stack.find(({ data }) => data.id === id)?.data.source)).toEqual([
      "tokens",
      "add",
      "tokens",
    ]);
  });

  test("gives the first layer what the block named to be read, unless that names something else", () => {
    const block = (data: object) => [
      linear("a"),
      linear("b"),
      node("transformerBlock", "block", { input: "a" }, [linear("in", data), add("add", "block:in")]),
    ];
    expect(datas(unwrap(block({}), [2], references).stack.slice(2))).toEqual([
      ["in", { input: "a" }],
      ["add", { source: "a" }],
    ]);
    expect(nodeAt(unwrap(block({ input: "block:in" }), [2], references).stack, [2])?.data.input).toBe("a");
    expect(nodeAt(unwrap(block({ input: "b" }), [2], references).stack, [2])?.data.input).toBe("b");
  });

  test("names what all begins with by the first layer", () => {
    const stack = [node("transformerBlock", "block", {}, [linear("a"), linear("b"), add("c", "block:in")])];
    expect(nodeAt(unwrap(stack, [0], references).stack, [2])?.data.source).toBe("a:in");
  });

  test("takes an empty block away, and heals what pointed to it", () => {
    const stack = [linear("a"), node("transformerBlock", "block", {}, []), linear("b"), add("c", "block")];
    expect(datas(unwrap(stack, [1], references).stack)).toEqual([
      ["a", {}],
      ["b", {}],
      ["c", { source: "a" }],
    ]);
  });

  test("of what is no block changes nothing", () => {
    expect(unwrap(GPT, [0], references).stack).toBe(GPT);
    expect(unwrap(GPT, [7], references).stack).toBe(GPT);
    expect([canUnwrap(GPT, [0]), canUnwrap(GPT, [1]), canUnwrap(GPT, [7])]).toEqual([false, true, false]);
  });
});

/** A run of siblings chosen by chance. */
function anyRun(stack: LayerStack, roll: Roll): Path[] {
  const { path } = pick(flatten(outline(stack, isContainer)), roll);
  const last = pick(
    siblingsAt(stack, parentOf(path)).map((_, index) => index),
    roll,
  );
  return runOf(path, last);
}

test("a design means the same once a part of it is wrapped, if nothing below looks into that part", () => {
  let compared = 0;
  fc.assert(
    fc.property(anySoundDesign, anyRoll, (stack, roll) => {
      const meaning = new Meaning();
      const found = meaning.of(wrap(stack, anyRun(stack, roll), BLOCK, references).stack);
      if (found !== null) expect(found).toBe(meaning.of(stack));
      compared += Number(found !== null);
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(100);
}, 60_000);

test("what is wrapped and unwrapped means what it did, whatever looks into it", () => {
  fc.assert(
    fc.property(anySoundDesign, anyRoll, (stack, roll) => {
      const wrapped = wrap(stack, anyRun(stack, roll), BLOCK, references);
      const back = unwrap(wrapped.stack, wrapped.paths[0] ?? [], references).stack;
      expect(ids(back)).toEqual(ids(stack));
      const meaning = new Meaning();
      expect(meaning.of(stack)).not.toBeNull();
      expect(meaning.of(back)).toBe(meaning.of(stack));
    }),
    { numRuns: 300 },
  );
}, 60_000);

test("a block that runs once can be unwrapped without changing what the design means", () => {
  let compared = 0;
  fc.assert(
    fc.property(anySoundDesign, anyRoll, (stack, roll) => {
      const blocks = flatten(outline(stack, isContainer)).filter(({ isBlock }) => isBlock);
      if (blocks.length === 0) return;
      const { path } = pick(blocks, roll);
      const meaning = new Meaning();
      const found = meaning.of(unwrap(stack, path, references).stack);
      if (found !== null) expect(found).toBe(meaning.of(stack));
      else expect(path).toEqual([0]); // what all begins with has no name inside of the first layer
      compared += Number(found !== null);
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(100);
}, 60_000);
