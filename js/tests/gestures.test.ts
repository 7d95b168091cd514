import { describe, expect, test } from "vitest";
import { afterRemoval, gapAfter, mend, setField } from "../src/graph/stack/gestures";
import { duplicateAll, insertAll } from "../src/graph/stack/inserting";
import { canMoveAll, moveAll } from "../src/graph/stack/moving";
import type { Path } from "../src/graph/stack/path";
import { removeAll } from "../src/graph/stack/removing";
import { nodeAt } from "../src/graph/stack/siblings";
import type { LayerStack } from "../src/wire/types";
import { GPT, ids, node, references } from "./stacks";

const dropout = { type: "dropout", data: { dropoutRate: 0.1 } };

describe("insert", () => {
  test("puts a layer into a gap inside a block, under an id made from its type", () => {
    const { stack, paths } = insertAll(GPT, [1, 2], [dropout], references);
    expect(paths).toEqual([[1, 2]]);
    expect(ids(stack)).toEqual(["tokens", "block", "norm", "attention", "dropout", "add", "head"]);
    expect(nodeAt(stack, [1, 2])).toEqual({ type: "dropout", data: { dropoutRate: 0.1, id: "dropout" } });
  });

  test("counts up where an id is taken", () => {
    const once = insertAll(GPT, [3], [dropout], references).stack;
    const twice = insertAll(once, [3], [dropout], references).stack;
    expect(ids(insertAll(twice, [0], [dropout], references).stack)).toEqual([
      "dropout-3",
      "tokens",
      "block",
      "norm",
      "attention",
      "add",
      "head",
      "dropout-2",
      "dropout",
    ]);
  });

  test("leaves the old stack as it was", () => {
    const before = structuredClone(GPT);
    insertAll(GPT, [1, 0], [dropout], references);
    expect(GPT).toEqual(before);
  });
});

describe("remove", () => {
  const remove = (stack: LayerStack, path: Path) => removeAll(stack, [path], references);

  test("of a place where nothing is changes nothing", () => {
    expect(remove(GPT, [7]).stack).toBe(GPT);
    expect(remove(GPT, [0, 1]).stack).toBe(GPT);
  });

  test("selects what took the place, else the one before, else the block", () => {
    expect(remove(GPT, [0]).paths).toEqual([[0]]);
    expect(remove(GPT, [2]).paths).toEqual([[1]]);
    const one = [node("transformerBlock", "block", {}, [node("linear", "a")])];
    expect(remove(one, [0, 0]).paths).toEqual([[0]]);
    expect(remove([node("linear", "a")], [0]).paths).toEqual([]);
    expect(afterRemoval([], [0])).toBeNull();
  });
});

describe("move", () => {
  test.each([
    ["down within its list", [0], [2], ["block", "norm", "attention", "add", "tokens", "head"], [1]],
    ["into a block after it", [0], [1, 1], ["block", "norm", "tokens", "attention", "add", "head"], [0, 1]],
    ["out of a block, upwards", [1, 1], [0], ["attention", "tokens", "block", "norm", "add", "head"], [0]],
    ["out of a block, downwards", [1, 0], [3], ["tokens", "block", "attention", "add", "head", "norm"], [3]],
    ["up within a block", [1, 2], [1, 0], ["tokens", "block", "add", "norm", "attention", "head"], [1, 0]],
  ])("%s", (_, path, gap, order, place) => {
    const { stack, paths } = moveAll(GPT, [path], gap);
    expect(ids(stack)).toEqual(order);
    expect(paths).toEqual([place]);
    expect(nodeAt(stack, place)).toBe(nodeAt(GPT, path));
  });

  test.each([
    ["to where it is", [1], [1]],
    ["to the gap just below it", [1], [2]],
    ["into itself", [1], [1, 0]],
  ])("%s is no move", (_, path, gap) => {
    expect(canMoveAll([path], gap)).toBe(false);
    expect(moveAll(GPT, [path], gap).stack).toBe(GPT);
  });
});

describe("setField", () => {
  test("sets a value and shares all other nodes", () => {
    const stack = setField(GPT, [1, 1], "numHeads", 6);
    expect(nodeAt(stack, [1, 1])?.data).toEqual({ id: "attention", numHeads: 6 });
    expect(stack[0]).toBe(GPT[0]);
    expect(nodeAt(stack, [1, 0])).toBe(nodeAt(GPT, [1, 0]));
  });

  test("of undefined takes the key out, of null keeps it as null", () => {
    expect(nodeAt(setField(GPT, [1, 1], "numHeads", undefined), [1, 1])?.data).toEqual({ id: "attention" });
    expect(nodeAt(setField(GPT, [1, 1], "numHeads", null), [1, 1])?.data).toEqual({ id: "attention", numHeads: null });
  });

  test("of the value it has changes nothing", () => {
    expect(setField(GPT, [1, 1], "numHeads", 4)).toBe(GPT);
  });
});

test("mending sets all values that Python offers, and takes out those it offers as null", () => {
  const stack = mend(GPT, [1, 1], { numHeads: null, actFunc: "SiLU" });
  expect(nodeAt(stack, [1, 1])?.data).toEqual({ id: "attention", actFunc: "SiLU" });
  expect(mend(GPT, [1, 1], { numHeads: 4 })).toBe(GPT);
});

describe("duplicate", () => {
  test("renames the copies and lets references among them follow", () => {
    const { stack, paths } = duplicateAll(GPT, [[1]], references);
    expect(paths).toEqual([[2]]);
    expect(ids(stack)).toEqual([
      "tokens",
      "block",
      "norm",
      "attention",
      "add",
      "transformerBlock",
      "normalization",
      "mhAttention",
      "residual",
      "head",
    ]);
    expect(nodeAt(stack, [2, 2])?.data.source).toBe("transformerBlock:in");
  });

  test("leaves references to what was not copied", () => {
    const { stack } = duplicateAll(GPT, [[1, 2]], references);
    expect(nodeAt(stack, [1, 3])?.data).toEqual({ id: "residual", source: "block:in" });
  });
});

describe("gapAfter", () => {
  test("is the end without a selection, below the selected layer, or inside an empty block", () => {
    expect(gapAfter(GPT, null)).toEqual([3]);
    expect(gapAfter(GPT, [1, 1])).toEqual([1, 2]);
    expect(gapAfter(GPT, [1])).toEqual([2]);
    expect(gapAfter([node("transformerBlock", "block", {}, [])], [0])).toEqual([0, 0]);
  });
});
