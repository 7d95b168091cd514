import { expect, test } from "vitest";
import { differenceLines } from "../src/graph/compare/differences";
import { counterparts, marksOf } from "../src/graph/compare/marks";
import { readComparison } from "../src/wire/readComparison";
import type { PaletteEntry } from "../src/wire/types";
import { GPT, node } from "./stacks";

const TEXTS = {
  mark_added: "only here",
  mark_removed: "only in {name}",
  mark_changed: "changed",
  mark_moved: "moved",
};

/** GPT beside a design whose embedding has another id and width, which lacks the block and has a norm of its own. */
const OTHER = [node("tokenEmbedding", "wte", { embDim: 32 }), node("normalization", "ln"), node("linear", "head")];
const COMPARISON = {
  name: "parent",
  layer_stack: OTHER,
  analysis: {},
  difference: {
    layers: [
      { kind: "changed", a: "wte", b: "tokens", words: ["Width 32 → 64", "Scale 1 → 2"] },
      { kind: "removed", a: "ln", b: null },
      { kind: "added", a: null, b: "block" },
      { kind: "added", a: null, b: "norm", part: true },
      { kind: "added", a: null, b: "attention", part: true },
      { kind: "added", a: null, b: "add", part: true },
      { kind: "moved", a: "head", b: "head", words: ["Bias no → yes"] },
    ],
    totals: [{ field: "parameters", before: 1, after: 2, words: "Parameters 1 → 2" }],
  },
};
const comparison = readComparison(COMPARISON);

test("nothing is compared while there is no other design", () => {
  for (const value of [{}, null, undefined, [], "text", { name: "x" }, { name: "x", layer_stack: 5 }]) {
    expect(readComparison(value)).toBeNull();
  }
});

test("nonsense over the wire is no difference", () => {
  const read = (difference: unknown) => readComparison({ name: 7, layer_stack: [], difference });
  for (const nonsense of [undefined, 5, [], { layers: "x", totals: 3 }, { layers: [null, 5, { kind: "evil" }] }]) {
    expect(read(nonsense)).toMatchObject({ name: "7", rows: [], totals: [], trouble: "" });
  }
  expect(read({ layers: [{ kind: "moved", a: 5, b: {}, words: "w" }] })?.rows).toEqual([
    { kind: "moved", other: null, own: null, words: [], isPart: false },
  ]);
});

test("each side has marks on its own cards, with words that say what the sign says", () => {
  expect([...marksOf(comparison, "own", TEXTS)]).toEqual([
    ["tokens", { kind: "changed", words: "Width 32 → 64; Scale 1 → 2" }],
    ["block", { kind: "added", words: "only here" }],
    ["norm", { kind: "added", words: "only here" }],
    ["attention", { kind: "added", words: "only here" }],
    ["add", { kind: "added", words: "only here" }],
    ["head", { kind: "moved", words: "moved; Bias no → yes" }],
  ]);
  expect([...marksOf(comparison, "other", TEXTS).keys()]).toEqual(["wte", "ln", "head"]);
  expect(marksOf(comparison, "other", TEXTS).get("ln")?.words).toBe("only in parent");
  expect(marksOf(null, "own", TEXTS).size).toBe(0);
});

test("what is the same has no mark", () => {
  const same = readComparison({
    name: "",
    layer_stack: [],
    difference: { layers: [{ kind: "same", a: "x", b: "x" }] },
  });
  expect(marksOf(same, "own", TEXTS).size).toBe(0);
});

test("a layer finds the one that answers to it, in both directions", () => {
  expect([...counterparts(comparison, "own")]).toEqual([
    ["tokens", "wte"],
    ["head", "head"],
  ]);
  expect(counterparts(comparison, "other").get("wte")).toBe("tokens");
  expect(counterparts(comparison, "other").has("ln")).toBe(false);
});

test("the list names each layer by its title and leaves out what comes with its block", () => {
  if (!comparison) throw new Error("read as nothing");
  const entry = { title: "Token embedding", fields: [], container: false } as unknown as PaletteEntry;
  const palette = new Map([["tokenEmbedding", entry]]);
  const lines = differenceLines(comparison, { own: GPT, other: OTHER, palette, texts: TEXTS });
  expect(lines.map(({ kind, title, id }) => [kind, title, id])).toEqual([
    ["changed", "Token embedding", "tokens"],
    ["removed", "normalization", "ln"],
    ["added", "transformerBlock", "block"],
    ["moved", "linear", "head"],
  ]);
  expect(lines[1]).toMatchObject({ own: null, other: "ln", words: "only in parent" });
});

test("a layer that the drawing no longer has is listed by its name, until Python has compared anew", () => {
  if (!comparison) throw new Error("read as nothing");
  const lines = differenceLines(comparison, { own: [], other: [], palette: new Map(), texts: TEXTS });
  expect(lines.map(({ id }) => id)).toEqual(["tokens", "ln", "block", "head"]);
});
