import fc from "fast-check";
import { expect, test } from "vitest";
import { flatten, outline } from "../src/graph/stack/outline";
import { renameId } from "../src/graph/stack/renaming";
import { nodeAt } from "../src/graph/stack/siblings";
import { pick } from "./chance";
import { anyRoll, anySoundDesign, GPT, ids, isContainer, node, PARALLEL, references } from "./stacks";

test("every reference follows a renamed layer, however it is spelled", () => {
  const stack = [
    node("linear", "a"),
    node("linear", "b", { input: "a-in" }),
    node("residual", "c", { source: "a", input: "a:in" }),
    node("linear", "d", { label: "a" }),
  ];
  expect(renameId(stack, [0], "first", references).map(({ data }) => data)).toEqual([
    { id: "first" },
    { id: "b", input: "first:in" },
    { id: "c", source: "first", input: "first:in" },
    { id: "d", label: "a" },
  ]);
});

test("what does not refer to it is shared with the old design", () => {
  const renamed = renameId(PARALLEL, [1, 0], "rms", references);
  expect(nodeAt(renamed, [1, 2])?.data.input).toBe("rms");
  expect(nodeAt(renamed, [1, 1])).toBe(nodeAt(PARALLEL, [1, 1]));
  expect(renamed[0]).toBe(PARALLEL[0]);
});

test.each(["", " ", "head", "tokens"])("%o is no id to be had", (id) => {
  expect(renameId(GPT, [0], id, references)).toBe(GPT);
});

test.each([
  [[node("linear", "a"), node("linear", "b"), node("residual", "c", { source: "a-in" })], [1], "a-in"],
  [[node("linear", "a"), node("linear", "b"), node("residual", "c", { source: "gone:in" })], [1], "gone:in"],
  [[node("linear", "a"), node("linear", "b:in"), node("residual", "c", { source: "a:in" })], [0], "b"],
])("an id that would change what a reference means is refused: %j, %j, %s", (stack, path, id) => {
  expect(renameId(stack, path, id, references)).toBe(stack);
});

test("a layer can be given the name that a lost reference says", () => {
  const stack = [node("linear", "a"), node("linear", "b"), node("residual", "c", { source: "gone" })];
  const renamed = renameId(stack, [0], "gone", references);
  expect(ids(renamed)).toEqual(["gone", "b", "c"]);
  expect(renamed[2]).toBe(stack[2]);
});

test("a layer without an id gets one; of an id that is used twice, the other layer keeps the references", () => {
  expect(renameId([{ type: "linear", data: {} }], [0], "a", references)).toEqual([node("linear", "a")]);
  const twice = [node("linear", "a"), node("linear", "a"), node("residual", "c", { source: "a" })];
  expect(ids(renameId(twice, [1], "b", references))).toEqual(["a", "b", "c"]);
  expect(nodeAt(renameId(twice, [1], "b", references), [2])).toBe(twice[2]);
});

test("renaming there and back again is the design it was", () => {
  fc.assert(
    fc.property(anySoundDesign, anyRoll, (stack, roll) => {
      const { path, node: old } = pick(flatten(outline(stack, isContainer)), roll);
      const there = renameId(stack, path, "another name", references);
      expect(JSON.stringify(there)).not.toContain(`"${old.data.id}"`);
      expect(renameId(there, path, String(old.data.id), references)).toEqual(stack);
    }),
  );
});
