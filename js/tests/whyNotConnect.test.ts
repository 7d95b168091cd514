import { expect, test } from "vitest";
import { layOut } from "../src/graph/drawing/layout";
import { canRead, connect } from "../src/graph/stack/branches";
import { flatten, type Item, outline } from "../src/graph/stack/outline";
import { whyNotConnect } from "../src/graph/stack/whyNotConnect";
import type { LayerStack } from "../src/wire/types";
import { GPT, isContainer, node, PARALLEL, references, TWO_HALVES } from "./stacks";

const drawn = (stack: LayerStack) => layOut(outline(stack, isContainer), () => 40, references);
const itemOf = (stack: LayerStack, key: string) =>
  flatten(outline(stack, isContainer)).find((item) => item.key === key) as Item;

test.each([
  ["norm", "tokens", "above"],
  ["norm", "norm", "self"],
  ["norm", "attention", "same"], // straight from above
  ["norm", "ffn", "same"], // by a branch
  ["norm", "add1", null],
  ["norm", "head", "inside"],
  ["norm", "block", "inside"],
  ["attention", "ffn", null],
  ["attention", "add1", "same"], // what it adds
  ["block:in", "norm", "same"],
  ["block:in", "block", "self"],
  ["block:in", "add2", "same"],
  ["block:in", "add1", null],
  ["block:in", "tokens", "above"],
  ["block:in", "head", "inside"],
  ["block", "head", "same"],
  ["block", "norm", "above"],
  ["tokens", "block", "same"],
  ["tokens", "add1", null],
  ["tokens:in", "tokens", "same"],
  ["tokens:in", "head", null],
])("a wire from %s to %s: %s", (reference, key, reason) => {
  const fork = drawn(PARALLEL).forks.find((one) => one.reference === reference);
  if (!fork) throw new Error(`nothing to draw from: ${reference}`);
  expect(whyNotConnect(fork, itemOf(PARALLEL, key), references)).toBe(reason);
});

test("an older spelling of what it reads is what it reads", () => {
  const stack = [node("transformerBlock", "b", {}, [node("linear", "a"), node("residual", "c", { source: "b-in" })])];
  const fork = drawn(stack).forks.find((one) => one.reference === "b:in");
  expect(fork && whyNotConnect(fork, itemOf(stack, "c"), references)).toBe("same");
});

test("a wire that is refused means nothing, or cannot be read; any other changes the design", () => {
  let allowed = 0;
  for (const stack of [GPT, PARALLEL, TWO_HALVES]) {
    for (const fork of drawn(stack).forks) {
      for (const item of flatten(outline(stack, isContainer))) {
        const reason = whyNotConnect(fork, item, references);
        const changed = connect(stack, item.path, fork.reference, references) !== stack;
        if (reason === null) {
          expect(canRead(fork, item.path)).toBe(true);
          expect(changed).toBe(true);
          allowed += 1;
        } else if (canRead(fork, item.path))
          expect([fork.reference, item.key, reason, changed]).toEqual([fork.reference, item.key, "same", false]);
        else expect(reason).not.toBeNull();
      }
    }
  }
  expect(allowed).toBeGreaterThan(10);
});
