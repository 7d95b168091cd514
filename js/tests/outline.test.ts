import { describe, expect, test } from "vitest";
import { neighbour } from "../src/graph/stack/neighbours";
import { blocksAround, flatten, outline, range, visibleItems } from "../src/graph/stack/outline";
import type { LayerStack } from "../src/wire/types";
import { GPT, isContainer, node, PARALLEL } from "./stacks";

const keys = (items: Parameters<typeof flatten>[0]) => flatten(items).map(({ key }) => key);
const NESTED: LayerStack = [
  node("linear", "a"),
  node("transformerBlock", "outer", {}, [
    node("transformerBlock", "inner", {}, [node("linear", "b")]),
    node("linear", "c"),
  ]),
  node("transformerBlock", "empty", {}, []),
];
const nested = outline(NESTED, isContainer);

describe("a folded block", () => {
  test.each([
    [[], ["a", "outer", "inner", "b", "c", "empty"]],
    [["inner"], ["a", "outer", "inner", "c", "empty"]],
    [["outer"], ["a", "outer", "empty"]],
    [
      ["outer", "inner"],
      ["a", "outer", "empty"],
    ],
    [
      ["a", "empty", "gone"],
      ["a", "outer", "inner", "b", "c", "empty"],
    ],
  ])("shows nothing inside: %j", (folded, shown) => {
    expect(keys(visibleItems(nested, new Set(folded)))).toEqual(shown);
  });

  test("is told from an empty one", () => {
    const items = flatten(visibleItems(nested, new Set(["inner", "empty"])));
    expect(items.filter((item) => item.isFolded).map(({ key }) => key)).toEqual(["inner"]);
    expect(items.find(({ key }) => key === "inner")).toMatchObject({ isBlock: true, path: [1, 0] });
  });

  test("changes no item beside the way to it", () => {
    const shown = visibleItems(nested, new Set(["inner"]));
    expect(shown[0]).toBe(nested[0]);
    expect(shown[2]).toBe(nested[2]);
    expect(shown[1]?.children[1]).toBe(nested[1]?.children[1]);
    expect(visibleItems(nested, new Set())).toBe(nested);
  });
});

test.each([
  ["a", []],
  ["outer", []],
  ["c", ["outer"]],
  ["inner", ["outer"]],
  ["b", ["outer", "inner"]],
  ["gone", []],
])("the blocks around %s are %j", (key, around) => {
  expect(blocksAround(nested, key)).toEqual(around);
});

test.each([
  ["norm", "add", ["norm", "attention", "add"]],
  ["add", "norm", ["norm", "attention", "add"]],
  ["tokens", "norm", ["tokens", "block", "norm"]],
  ["head", "head", ["head"]],
  ["head", "gone", []],
])("from %s to %s: %j", (from, to, expected) => {
  expect(range(outline(GPT, isContainer), from, to)).toEqual(expected);
});

describe("the arrow keys", () => {
  const open = outline(PARALLEL, isContainer);
  const closed = visibleItems(open, new Set(["block"]));

  test.each([
    [open, null, "ArrowDown", "tokens"],
    [open, "block", "ArrowDown", "norm"],
    [open, "head", "ArrowUp", "add2"],
    [open, "ffn", "ArrowLeft", "block"],
    [open, "block", "ArrowRight", "norm"],
    [open, "norm", "End", "head"],
    [open, "norm", "Home", "tokens"],
    [open, "tokens", "ArrowUp", undefined],
    [open, "tokens", "ArrowLeft", undefined],
    [open, "tokens", "x", undefined],
    [closed, "block", "ArrowDown", "head"],
    [closed, "head", "ArrowUp", "block"],
    [closed, "block", "ArrowRight", undefined],
    [closed, "ffn", "ArrowDown", "tokens"], // what is selected is not shown: from the beginning
  ])("lead from one shown layer to the next", (items, from, key, to) => {
    expect(neighbour(items, from, key)?.key).toBe(to);
  });
});
