// Small designs for the tests, and others made by chance.

import fc from "fast-check";
import { flatten, outline } from "../src/graph/stack/outline";
import type { LayerNode, LayerStack } from "../src/wire/types";
import { dice, GESTURES, gapsIn, gesture, pick, type Roll, type Types } from "./chance";

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
export const gapsOf = (stack: LayerStack) => gapsIn(stack, isContainer);

export const TYPES: Types = {
  nodes: [
    { type: "linear", data: {} },
    { type: "mhAttention", data: { numHeads: 4 } },
    { type: "residual", data: {} },
    { type: "crossAttention", data: {} },
    { type: "transformerBlock", data: { numOfBlocks: 1 }, children: [] },
  ],
  references,
  wires: references,
  isContainer,
};

export const anyRoll: fc.Arbitrary<Roll> = fc.nat().map(dice);

/** A gesture at a place that is chosen when it is made: the stack has changed by then. */
export type Gesture = (stack: LayerStack) => LayerStack;
export const anyGesture: fc.Arbitrary<Gesture> = anyRoll.map((roll) => {
  const name = pick(GESTURES, roll);
  return (stack) => gesture(name, stack, roll, TYPES);
});

/** Designs in which every reference can be read from where it stands, nested by chance. */
export const anySoundDesign: fc.Arbitrary<LayerStack> = anyRoll.map((roll) => soundNodes(roll, [], 0, { count: 0 }));

function soundNodes(roll: Roll, scope: readonly string[], depth: number, made: { count: number }): LayerStack {
  const known = [...scope];
  const length = 1 + Math.floor(roll() * 5);
  return Array.from({ length }, () => {
    made.count += 1;
    const type = pick(["linear", "linear", "residual", "transformerBlock"], roll);
    const isBlock = type === "transformerBlock" && depth < 3;
    const id = `n${made.count}`;
    const data = {
      id,
      ...(known.length > 0 && roll() < 0.3 ? { input: pick(known, roll) } : {}),
      ...(known.length > 0 && type === "residual" ? { source: pick(known, roll) } : {}),
    };
    const children = isBlock ? soundNodes(roll, [...known, `${id}:in`], depth + 1, made) : undefined;
    known.push(id, `${id}:in`);
    const kind = isBlock ? "transformerBlock" : data.source ? "residual" : "linear";
    return children ? { type: kind, data, children } : { type: kind, data };
  });
}
