import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { moveAll } from "../src/graph/stack/moving";
import type { Path } from "../src/graph/stack/path";
import { gapAbove, gapBelow } from "../src/graph/stack/steps";
import type { LayerStack } from "../src/wire/types";
import { node } from "./stacks";

const STACK: LayerStack = [
  node("linear", "a"),
  node("transformerBlock", "block", {}, [node("linear", "b"), node("transformerBlock", "empty", {}, [])]),
  node("linear", "c"),
];

const written = (stack: LayerStack): string =>
  stack.map(({ data, children }) => `${data.id}${children ? `(${written(children)})` : ""}`).join(" ");

const up = (stack: LayerStack, path: Path) => {
  const gap = gapAbove(stack, [path]);
  return gap ? moveAll(stack, [path], gap) : null;
};
const down = (stack: LayerStack, path: Path) => {
  const gap = gapBelow(stack, [path]);
  return gap ? moveAll(stack, [path], gap) : null;
};

describe("a step with Alt and an arrow", () => {
  test("goes up into a block at its end, through what is in it, and out at its top", () => {
    const seen: string[] = [];
    let [stack, path]: [LayerStack, Path] = [STACK, [2]];
    for (let next = up(stack, path); next; next = up(stack, path)) {
      [stack, path] = [next.stack, next.paths[0] as Path];
      seen.push(written(stack));
    }
    expect(seen).toEqual([
      "a block(b empty() c)",
      "a block(b empty(c))",
      "a block(b c empty())",
      "a block(c b empty())",
      "a c block(b empty())",
      "c a block(b empty())",
    ]);
  });

  test("goes nowhere past the first and the last, and with nothing chosen", () => {
    expect(up(STACK, [0])).toBeNull();
    expect(down(STACK, [2])).toBeNull();
    expect(gapAbove(STACK, [])).toBeNull();
    expect(gapBelow(STACK, [])).toBeNull();
  });

  test("down takes back what up did", () => {
    const places: Path[] = [[1], [2], [1, 0], [1, 1]];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.nat(5), (start, steps) => {
        let [stack, path]: [LayerStack, Path] = [STACK, start];
        let made = 0;
        for (; made < steps; made++) {
          const next = up(stack, path);
          if (!next) break;
          [stack, path] = [next.stack, next.paths[0] as Path];
        }
        for (; made > 0; made--) {
          const next = down(stack, path);
          if (!next) throw new Error(`stuck at ${written(stack)}`);
          [stack, path] = [next.stack, next.paths[0] as Path];
        }
        expect(written(stack)).toBe(written(STACK));
      }),
    );
  });
});
