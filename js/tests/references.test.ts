import { expect, test } from "vitest";
import { readReference, referencesFor } from "../src/graph/stack/references";
import { GPT } from "./stacks";

test.each([
  ["norm", { id: "norm", input: false }],
  ["norm:in", { id: "norm", input: true }],
  ["norm-in", { id: "norm", input: true }],
  ["plug-in", { id: "plug-in", input: false }],
  ["gone", { id: "gone", input: false }],
  ["gone:in", { id: "gone", input: true }],
  ["gone-in", { id: "gone-in", input: false }],
])("%s is read as %o", (text, meaning) => {
  expect(readReference(text, new Set(["norm", "plug", "plug-in"]))).toEqual(meaning);
});

test("a node can refer to what comes before it and to the input of the blocks around it, the nearest first", () => {
  expect(referencesFor(GPT, [1, 2]).map(({ id, input }) => (input ? `${id}:in` : id))).toEqual([
    "attention",
    "attention:in",
    "norm",
    "norm:in",
    "block:in",
    "tokens",
    "tokens:in",
  ]);
  expect(referencesFor(GPT, [0])).toEqual([]);
});
