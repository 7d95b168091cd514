import { describe, expect, test } from "vitest";
import { outline } from "../src/graph/stack/outline";
import { readAnalysis, readTexts } from "../src/wire/readAnalysis";
import { readPalette } from "../src/wire/readPalette";
import { readStack } from "../src/wire/readStack";
import { GPT, isContainer } from "./stacks";

const NONSENSE = [undefined, null, 5, "text", {}, [null, 3, "x", []], [{}], [{ type: {}, data: [], children: 8 }]];

describe("whatever comes over the wire", () => {
  test.each(NONSENSE)("%o is read without an error", (value) => {
    const items = outline(readStack(value), isContainer);
    expect(items).toHaveLength(Array.isArray(value) ? value.length : 0);
    expect(readPalette(value)).toBeInstanceOf(Map);
    expect(readAnalysis(value).problems).toBeInstanceOf(Array);
    expect(readTexts(value)).toBeTypeOf("object");
  });

  test("a well-formed stack stays what it is, unknown keys too", () => {
    const stack = [{ ...GPT[1], colour: "red" }];
    expect(readStack(stack)).toEqual(stack);
  });
});

test("every item of a drawing has a key of its own, whatever the ids", () => {
  const node = { type: "linear", data: { id: "same" } };
  const items = outline(readStack([node, node, { type: "linear" }, { type: "linear", data: { id: 7 } }]), isContainer);
  expect(items.map((item) => item.key)).toEqual(["same", "@1", "@2", "@3"]);
});

test("a problem brings the values that mend it, or none", () => {
  const problem = { layer_id: "a", field: "b", severity: "error", text: "t", message: "m" };
  const read = (more: object) => readAnalysis({ problems: [{ ...problem, ...more }] }).problems[0]?.mend;
  expect(read({ mend: { kind: "Gated" }, mend_title: "Set to Gated" })).toEqual({
    title: "Set to Gated",
    fields: { kind: "Gated" },
  });
  for (const none of [{}, { mend: null, mend_title: "" }, { mend: [1], mend_title: "x" }, { mend: { a: 1 } }])
    expect(read(none)).toBeNull();
});

test("a layer called like a property of every object has a report of its own only if Python sent one", () => {
  const { layers } = readAnalysis(JSON.parse('{"layers": {"__proto__": {"out": ["B", 4], "parameters": 3}}}'));
  expect(layers.get("__proto__")).toEqual({ out: ["B", 4], parameters: 3 });
  expect(layers.get("constructor")).toBeUndefined();
});
