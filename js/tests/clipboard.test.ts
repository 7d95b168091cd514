import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyText, readPasted } from "../src/graph/stack/clipboard";
import { insertAll } from "../src/graph/stack/inserting";
import { GPT, ids, node, references } from "./stacks";

describe("copyText", () => {
  test("is the envelope of a file, for people to read", () => {
    const text = copyText(GPT, [[1, 2], [0], [1, 2]]);
    expect(JSON.parse(text)).toEqual({
      format: "slm-widgets",
      version: 1,
      layer_stack: [node("tokenEmbedding", "tokens", { embDim: 64 }), node("residual", "add", { source: "block:in" })],
    });
    expect(text.split("\n").length).toBeGreaterThan(10);
  });

  test("and back is the same layers", () => {
    expect(readPasted(copyText(GPT, [[0], [1], [2]]))).toEqual(GPT);
    expect(insertAll([], [0], readPasted(copyText(GPT, [[0], [1], [2]])) ?? [], references).stack).toEqual(GPT);
  });
});

describe("readPasted", () => {
  test.each([
    ['[{"type": "linear", "data": {"id": "a"}}]', [node("linear", "a")]],
    ['  [{"type": "linear"}]\n', [{ type: "linear", data: {} }]],
    [
      '{"format": "slm-widgets", "version": 1, "config": {"x": 1}, "layer_stack": [{"type": "b", "children": []}]}',
      [{ type: "b", data: {}, children: [] }],
    ],
  ])("reads %s", (text, nodes) => {
    expect(readPasted(text)).toEqual(nodes);
  });

  test.each([
    "",
    "hello",
    "7",
    "null",
    "{}",
    "[]",
    "[7]",
    '["linear"]',
    "[[]]",
    '[{"type": 7}]',
    '[{"data": {"id": "a"}}]',
    '[{"type": "linear", "data": []}]',
    '[{"type": "linear", "data": 7}]',
    '[{"type": "b", "children": {}}]',
    '[{"type": "b", "children": [7]}]',
    '[{"type": "b"}, {"n_heads": 4}]',
    '{"layer_stack": [{"type": "linear"}]}',
    '{"format": "slm-widgets", "version": 2, "layer_stack": [{"type": "linear"}]}',
    '{"format": "slm-widgets", "version": 1, "layer_stack": {"type": "linear"}}',
    '{"nodes": [{"type": "linear"}], "edges": []}',
    '[{"type": "linear"}',
  ])("leaves %s to Python", (text) => {
    expect(readPasted(text)).toBeNull();
  });

  test.each([
    ["lists", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["blocks", `${'[{"type":"b","children":'.repeat(300)}[]${"}]".repeat(300)}`],
    ["values", `[{"type":"b","data":{"x":${"[".repeat(300)}${"]".repeat(300)}}}]`],
    ["characters", `[{"type":"b","data":{"label":"${"x".repeat(5_000_000)}"}}]`],
  ])("refuses too many %s without an exception", (_, text) => {
    expect(readPasted(text)).toBeNull();
  });

  test("lets no text reach the prototype of anything", () => {
    const text =
      '{"type": "b", "__proto__": {"bad": 1}, "data": {"__proto__": {"bad": 1}, "x": {"__proto__": {"bad": 1}}}}';
    const pasted = readPasted(`[${text}]`) ?? [];
    const { stack } = insertAll(GPT, [0], pasted, references);
    expect(stack[0]).toEqual({ type: "b", data: { x: {}, id: "b" } });
    expect(JSON.stringify(stack)).not.toContain("bad");
    for (const value of [{}, pasted[0], stack[0]?.data, stack[0]?.data.x])
      expect((value as Record<string, unknown>).bad).toBeUndefined();
  });

  test("never throws, and gives only nodes", () => {
    const key = fc.constantFrom("type", "data", "children", "id", "__proto__", "layer_stack", "format", "version");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie("tree")),
        fc.dictionary(key, tie("tree")),
      ),
    }));
    fc.assert(
      fc.property(
        fc.oneof(
          tree.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        (text) => {
          for (const node of readPasted(text) ?? []) {
            expect(typeof node.type).toBe("string");
            expect(Object.getPrototypeOf(node.data)).toBe(Object.prototype);
          }
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});

test("what is pasted twice has ids of its own each time", () => {
  const nodes = readPasted(copyText(GPT, [[1]])) ?? [];
  const once = insertAll(GPT, [3], nodes, references).stack;
  const all = ids(insertAll(once, [0], nodes, references).stack);
  expect(new Set(all).size).toBe(6 + 2 * 4);
});
