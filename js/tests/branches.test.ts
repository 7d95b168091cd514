import { describe, expect, test } from "vitest";
import { CARD_WIDTH, layOut } from "../src/graph/drawing/layout";
import { canRead, connect } from "../src/graph/stack/branches";
import { duplicateAll } from "../src/graph/stack/inserting";
import { moveAll } from "../src/graph/stack/moving";
import { outline } from "../src/graph/stack/outline";
import { nodeAt } from "../src/graph/stack/siblings";
import type { LayerStack } from "../src/wire/types";
import { isContainer, node, PARALLEL, references, TWO_HALVES } from "./stacks";

/** What is drawn, by name: where cards stand, what leads straight into each, and what comes round. */
function draw(stack: LayerStack) {
  const { placed, lines, arcs, forks, box } = layOut(outline(stack, isContainer), () => 40, references);
  return {
    box,
    card: (key: string) => placed.find(({ item }) => item.key === key) as (typeof placed)[number],
    straight: (key: string) => lines.find((line) => line.key === `${key}:before`),
    arc: (key: string) => arcs.find((arc) => arc.key === key) as (typeof arcs)[number],
    arcs,
    lines,
    placed,
    fork: (reference: string) => forks.find((fork) => fork.reference === reference) as (typeof forks)[number],
  };
}

describe("a layer that reads from elsewhere", () => {
  test("has its wire from there, at the left, and none from the layer above", () => {
    const { card, arc, straight } = draw(PARALLEL);
    const wire = arc("ffn:input");
    expect(wire).toMatchObject({ source: "norm", target: "ffn", side: "left" });
    expect(wire.fromY).toBeGreaterThan(card("norm").y + 40);
    expect(wire.fromY).toBeLessThan(card("attention").y);
    expect(wire.toY).toBeGreaterThan(card("attention").y + 40);
    expect(wire.toY).toBeLessThan(card("ffn").y);
    expect(straight("ffn")?.end).not.toBe("tip");
    expect(straight("ffn")?.toY).toBeLessThan(wire.toY); // what ends and what begins there do not touch
    expect(straight("attention")?.end).toBe("tip");
  });

  test("leaves the layer above open where others read it, and at an end where nobody does", () => {
    expect(draw(PARALLEL).straight("ffn")?.end).toBe("open");
    const unread = [node("linear", "a"), node("linear", "b"), node("linear", "c", { input: "a" })];
    expect(draw(unread).straight("c")?.end).toBe("stop");
  });

  test.each(["a", "a "])("is drawn straight if that is the layer above: %o", (input) => {
    const { arcs, straight } = draw([node("linear", input), node("linear", "b", { input })]);
    expect(arcs).toEqual([]);
    expect(straight("b")?.end).toBe("tip");
  });

  test.each(["block:in", "block-in"])("is drawn straight if it is the first in the block it reads: %s", (input) => {
    const { arcs, straight } = draw([node("transformerBlock", "block", {}, [node("linear", "a", { input })])]);
    expect(arcs).toEqual([]);
    expect(straight("a")?.end).toBe("tip");
  });

  test.each(["", null, 7, undefined])("is none for an input of %o", (input) => {
    expect(draw([node("linear", "a"), node("linear", "b", { input })]).straight("b")?.end).toBe("tip");
  });

  test("has no wire at all while it names what is not there", () => {
    const { arcs, straight } = draw([node("linear", "a"), node("linear", "b", { input: "gone" })]);
    expect(arcs).toEqual([]);
    expect(straight("b")?.end).toBe("stop");
  });

  test("has the input of what it reads: a reference to it is drawn from there", () => {
    const { arc, card } = draw([
      node("linear", "a"),
      node("linear", "b"),
      node("linear", "c", { input: "a" }),
      node("residual", "add", { source: "c:in" }),
    ]);
    expect(arc("add:source").fromY).toBe(arc("c:input").fromY);
    expect(arc("add:source").fromY).toBeLessThan(card("b").y);
  });

  test.each([
    ["a", "b", "b:in", "a:in"],
    ["a", "b", "a:in", "b:in"],
  ])("may refer to itself in a circle without end", (first, second, one, two) => {
    expect(draw([node("linear", first, { input: one }), node("linear", second, { input: two })]).placed).toHaveLength(
      2,
    );
  });
});

describe("an encoder and a decoder", () => {
  const { arc, card, box, lines } = draw(TWO_HALVES);

  test("begin with a line that both read", () => {
    expect(arc("second:input").fromY).toBeLessThan(card("source").y);
    expect(lines.some((line) => line.isEntry)).toBe(true);
    expect(box.y).toBeLessThan(arc("second:input").fromY);
  });

  test("are joined at the right, past the frame that the wire runs into, above its ground", () => {
    const wire = arc("cross:source");
    expect(wire).toMatchObject({ side: "right", depth: 1 });
    expect(wire.lane).toBeGreaterThan(card("decoder").x + card("decoder").width);
    expect(arc("second:input").lane).toBeLessThan(card("encoder").x);
  });
});

test("frames and the whole drawing hold the ways round at both sides", () => {
  for (const stack of [PARALLEL, TWO_HALVES]) {
    const { arcs, box, card } = draw(stack);
    for (const { lane, depth, source } of arcs) {
      expect(lane < 0 || lane > CARD_WIDTH).toBe(true);
      const frame = depth === 1 && source !== "encoder" ? card("block") : box;
      expect(lane).toBeGreaterThanOrEqual(frame.x);
      expect(lane).toBeLessThanOrEqual(frame.x + frame.width);
    }
  }
});

describe("connect", () => {
  const sequence = [node("linear", "a"), node("linear", "b"), node("linear", "c"), node("residual", "add")];

  test("lets a layer read from elsewhere, and from the layer above again", () => {
    const branched = connect(sequence, [2], "a", references);
    expect(nodeAt(branched, [2])?.data).toEqual({ id: "c", input: "a" });
    expect(nodeAt(connect(branched, [2], "b", references), [2])?.data).toEqual({ id: "c" });
    const first = [node("transformerBlock", "block", {}, [node("linear", "in", { input: "x" })])];
    expect(nodeAt(connect(first, [0, 0], "block:in", references), [0, 0])?.data).toEqual({ id: "in" });
  });

  test("gives a residual its source", () => {
    expect(nodeAt(connect(sequence, [3], "a", references), [3])?.data).toEqual({ id: "add", source: "a" });
  });

  test.each([
    ["block:in", [1, 0], true],
    ["block:in", [2], false],
    ["norm", [1, 1], true],
    ["norm", [1, 0], false],
    ["norm", [2], false],
    ["tokens", [1], true],
    ["tokens", [1, 3], true],
    ["tokens", [0], false],
    ["tokens:in", [0], false],
    ["tokens:in", [2], true],
    ["block", [1, 4], false],
    ["block", [2], true],
  ])("from %s to %o: %s", (reference, path, allowed) => {
    expect(canRead(draw(PARALLEL).fork(reference), path)).toBe(allowed);
  });
});

test("copies keep the branches among themselves, and moving changes no reference", () => {
  const copied = duplicateAll(PARALLEL, [[1]], references).stack;
  expect(nodeAt(copied, [2, 2])?.data).toEqual({ id: "feedForward", input: "normalization" });
  expect(nodeAt(duplicateAll(PARALLEL, [[1, 2]], references).stack, [1, 3])?.data.input).toBe("norm");
  expect(nodeAt(moveAll(PARALLEL, [[1, 2]], [1, 4]).stack, [1, 3])?.data).toEqual({ id: "ffn", input: "norm" });
});
