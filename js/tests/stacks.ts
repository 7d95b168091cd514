// Small designs for the tests, and gestures chosen by chance.

import fc from "fast-check";
import { duplicate, insert, move, remove, setField } from "../src/graph/stack/gestures";
import { flatten, outline } from "../src/graph/stack/outline";
import { at, type Path } from "../src/graph/stack/path";
import { siblingsAt } from "../src/graph/stack/siblings";
import type { LayerNode, LayerStack } from "../src/wire/types";

export const node = (type: string, id: string, data: object = {}, children?: LayerStack): LayerNode => ({
  type,
  data: { id, ...data },
  ...(children ? { children } : {}),
});

export const GPT: LayerStack = [
  node("tokenEmbedding", "tokens", { embDim: 64 }),
  node("transformerBlock", "block", { numOfBlocks: 2 }, [
    node("normalization", "norm"),
    node("mhAttention", "attention", { numHeads: 4 }),
    node("residual", "add", { source: "block:in" }),
  ]),
  node("linear", "head"),
];

/** Attention and feed-forward side by side, as in GPT-J: both read the norm, and both are added. */
export const PARALLEL: LayerStack = [
  node("tokenEmbedding", "tokens", { embDim: 64 }),
  node("transformerBlock", "block", { numOfBlocks: 2 }, [
    node("normalization", "norm"),
    node("mhAttention", "attention"),
    node("feedForward", "ffn", { input: "norm" }),
    node("residual", "add1", { source: "attention" }),
    node("residual", "add2", { source: "block:in" }),
  ]),
  node("linear", "head"),
];

/** An encoder, and a decoder that begins with the text itself and looks at the encoder. */
export const TWO_HALVES: LayerStack = [
  node("sourceText", "source"),
  node("tokenEmbedding", "first"),
  node("transformerBlock", "encoder", {}, [node("mhAttention", "look")]),
  node("tokenEmbedding", "second", { input: "source:in" }),
  node("transformerBlock", "decoder", {}, [
    node("normalization", "norm"),
    node("crossAttention", "cross", { source: "encoder" }),
  ]),
  node("linear", "head"),
];

const SOURCES = ["residual", "crossAttention"];
export const references = (type: string): string[] => (SOURCES.includes(type) ? ["source", "input"] : ["input"]);
export const isContainer = (type: string): boolean => type === "transformerBlock";
export const ids = (stack: LayerStack) => flatten(outline(stack, isContainer)).map((item) => item.node.data.id);

/** Every place of a stack where a node can be put. */
export function gapsOf(stack: LayerStack): Path[] {
  const lists: Path[] = [
    [],
    ...flatten(outline(stack, isContainer))
      .filter((item) => item.isBlock)
      .map((item) => item.path),
  ];
  return lists.flatMap((list) =>
    Array.from({ length: siblingsAt(stack, list).length + 1 }, (_, index) => at(list, index)),
  );
}

export type Gesture = (stack: LayerStack) => LayerStack;

const pick = <T>(list: readonly T[], chance: number): T | undefined => list[Math.floor(chance * list.length)];

/** A gesture at a place that is chosen when it is made: the stack has changed by then. */
export const anyGesture: fc.Arbitrary<Gesture> = fc
  .record({
    kind: fc.constantFrom("insert", "remove", "move", "duplicate", "setField"),
    where: fc.double({ min: 0, max: 0.999, noNaN: true }),
    to: fc.double({ min: 0, max: 0.999, noNaN: true }),
    type: fc.constantFrom("mhAttention", "residual", "transformerBlock", "dropout"),
  })
  .map(({ kind, where, to, type }): Gesture => {
    return (stack) => {
      const paths = flatten(outline(stack, isContainer)).map((item) => item.path);
      const path = pick(paths, where);
      const gap = pick(gapsOf(stack), to) ?? [0];
      const fresh: LayerNode = { type, data: {}, ...(type === "transformerBlock" ? { children: [] } : {}) };
      if (kind === "insert" || !path) return insert(stack, gap, fresh, references);
      if (kind === "remove") return remove(stack, path);
      if (kind === "move") return move(stack, path, gap);
      // A block inside itself again and again would grow without end.
      if (kind === "duplicate") return paths.length < 200 ? duplicate(stack, path, references) : stack;
      return setField(stack, path, "numHeads", Math.round(to * 100));
    };
  });
