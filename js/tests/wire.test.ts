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

describe("a stack that nobody drew", () => {
  /** Lists or objects within each other, made without recursion. */
  const nested = (depth: number, around: (inner: unknown) => unknown) => {
    let value: unknown = "inmost";
    for (let n = 0; n < depth; n += 1) value = around(value);
    return value;
  };

  test.each([
    ["blocks", (inner: unknown) => ({ type: "transformerBlock", data: { id: "b" }, children: [inner] })],
    ["lists", (inner: unknown) => [inner]],
    ["objects", (inner: unknown) => ({ type: "linear", data: { inner } })],
    ["types", (inner: unknown) => ({ type: inner })],
  ])("10,000 %s within each other are read, to a depth that no design has", (_, around) => {
    const stack = readStack([nested(10_000, around)]);
    expect(outline(stack, isContainer)).toHaveLength(1);
    expect(JSON.stringify(stack).length).toBeLessThan(10_000);
  });

  test("sixteen blocks within each other stay what they are", () => {
    const stack = [nested(16, (inner) => ({ type: "transformerBlock", data: { id: "b" }, children: [inner] }))];
    expect(JSON.stringify(readStack(stack))).toContain("inmost");
  });

  test("5,000 layers are read", () => {
    const stack = Array.from({ length: 5000 }, (_, n) => ({ type: "linear", data: { id: `l${n}` } }));
    expect(readStack(stack)).toEqual(stack);
  });

  test("a type that cannot be turned into a text is no exception", () => {
    const odd: unknown[] = [{ toString: 1, valueOf: 1 }, { toJSON: 1 }, [], { toString: "x" }];
    for (const type of odd) expect(readStack([{ type }, type])[0]?.type).toBeTypeOf("string");
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
  expect(layers.get("__proto__")).toMatchObject({ out: ["B", 4], parameters: 3 });
  expect(layers.get("constructor")).toBeUndefined();
});
