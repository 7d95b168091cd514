import { describe, expect, test } from "vitest";
import { type Box, CARD_WIDTH, layOut } from "../src/graph/drawing/layout";
import { nearestGap } from "../src/graph/drawing/nearestGap";
import { fitted, panned, revealed } from "../src/graph/drawing/viewport";
import { outline } from "../src/graph/stack/outline";
import { pathName } from "../src/graph/stack/path";
import type { LayerStack } from "../src/wire/types";
import { GPT, gapsOf, isContainer, node, references } from "./stacks";

const draw = (stack: LayerStack) => layOut(outline(stack, isContainer), () => 40, references);
const boxes = (stack: LayerStack) => new Map(draw(stack).placed.map((place) => [place.item.key, place]));
const holds = (outer: Box, inner: Box) =>
  outer.x < inner.x &&
  outer.y < inner.y &&
  inner.x + inner.width < outer.x + outer.width &&
  inner.y + inner.height < outer.y + outer.height;

describe("layOut", () => {
  test("stacks all cards in one column, each below the one before", () => {
    const cards = draw(GPT).placed.filter(({ item }) => !item.isBlock);
    expect(cards.map(({ item }) => item.key)).toEqual(["tokens", "norm", "attention", "add", "head"]);
    for (const [index, card] of cards.entries()) {
      expect([card.x, card.width]).toEqual([0, CARD_WIDTH]);
      const next = cards[index + 1];
      if (next) expect(next.y).toBeGreaterThan(card.y + card.height);
    }
  });

  test("puts a frame around the layers and the arcs of a block", () => {
    const placed = boxes(GPT);
    const frame = placed.get("block") as Box;
    for (const child of ["norm", "attention", "add"]) expect(holds(frame, placed.get(child) as Box)).toBe(true);
    for (const arc of draw(GPT).arcs) expect(arc.lane).toBeLessThan(frame.x + frame.width);
  });

  test("offers a gap at every place of the stack, inside empty blocks too", () => {
    const stack = [...GPT, node("transformerBlock", "empty", {}, [])];
    const offered = draw(stack).gaps.map((gap) => pathName(gap.path));
    expect(offered.toSorted()).toEqual(gapsOf(stack).map(pathName).toSorted());
  });

  test("draws a residual from the line it reads to its card", () => {
    const placed = boxes(GPT);
    const [arc] = draw(GPT).arcs;
    const [norm, add] = [placed.get("norm") as Box, placed.get("add") as Box];
    expect(arc?.source).toBe("block");
    expect(arc?.fromY).toBeLessThan(norm.y);
    expect(arc?.toY).toBe(add.y + add.height / 2);
  });

  test("gives arcs that overlap lanes of their own, the shorter one inside", () => {
    const stack = [
      node("linear", "a"),
      node("linear", "b"),
      node("residual", "short", { source: "b:in" }),
      node("residual", "long", { source: "a:in" }),
    ];
    const lanes = new Map(draw(stack).arcs.map((arc) => [arc.target, arc.lane]));
    expect(lanes.get("short")).toBeLessThan(lanes.get("long") as number);
  });

  test.each(["gone", "later", "add", 7, null])("draws no arc for a source of %o", (source) => {
    expect(draw([node("residual", "add", { source }), node("linear", "later")]).arcs).toEqual([]);
  });
});

describe("nearestGap", () => {
  test("finds the gap under the pointer, among those that take it", () => {
    const { gaps } = draw(GPT);
    const add = boxes(GPT).get("add") as Box;
    expect(nearestGap(gaps, 90, add.y - 3, () => true)?.path).toEqual([1, 2]);
    expect(nearestGap(gaps, 90, add.y - 3, (gap) => gap.path.length === 1)?.path).toEqual([2]);
    expect(nearestGap(gaps, 90, -500, () => true)?.path).toEqual([0]);
    expect(nearestGap([], 0, 0, () => true)).toBeNull();
  });
});

describe("the view", () => {
  const pane = { width: 600, height: 400 };
  const long = { x: 0, y: 0, width: 300, height: 9000 };

  test("shows a small drawing in its own size, in the middle", () => {
    expect(fitted({ x: 0, y: 0, width: 300, height: 200 }, pane, 0.7)).toEqual({ zoom: 1, x: 150, y: 16 });
  });

  test("shows the top of a long drawing, still legible", () => {
    const { zoom, y } = fitted(long, pane, 0.7);
    expect(zoom).toBe(0.7);
    expect(y).toBe(16);
  });

  test("shows all of a long drawing when asked to", () => {
    const { zoom, y } = fitted(long, pane, 0.01);
    expect(y + long.height * zoom).toBeLessThanOrEqual(pane.height);
  });

  test("runs while something is dragged to the edge, but not past the drawing", () => {
    const view = { x: 0, y: 0, zoom: 1 };
    const box = { x: 0, y: 0, width: 300, height: 500 };
    expect(panned(box, view, pane, -10).y).toBe(-10);
    expect(panned(box, view, pane, -900).y).toBe(-116);
    expect(panned(box, view, pane, 900).y).toBe(16);
    expect(panned({ ...box, height: 100 }, { ...view, y: 16 }, pane, 10).y).toBe(16);
    expect(panned({ ...box, height: 100 }, { ...view, y: 16 }, pane, -10).y).toBe(16);
  });

  test("is not moved for what is seen already, and no further than needed for what is not", () => {
    const view = { x: 0, y: 0, zoom: 1 };
    expect(revealed({ x: 0, y: 100, width: 300, height: 40 }, view, pane)).toBeNull();
    expect(revealed({ x: 0, y: 500, width: 300, height: 40 }, view, pane)).toEqual({ x: 0, y: -156, zoom: 1 });
    expect(revealed({ x: 0, y: -50, width: 300, height: 40 }, view, pane)).toEqual({ x: 0, y: 66, zoom: 1 });
  });
});
