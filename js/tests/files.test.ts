import { expect, test, vi } from "vitest";
import { createDesign } from "../src/graph/editor/design";
import { type Bar, readCodeText, readFileState, readOpened, readPresets } from "../src/graph/files/answers";
import { cardBeside, matchingPresets, shortCount } from "../src/graph/files/galleryCards";
import { sentBytes, textOf } from "../src/graph/files/handOver";
import { createOpenedDesigns } from "../src/graph/files/openedDesigns";
import { sketchBoxes, WIDTH } from "../src/graph/files/sketchBoxes";
import { node } from "./stacks";

// -- answers ------------------------------------------------------------------------------------------------------------

test.each([null, undefined, 5, "x", [], {}, { layer_stack: 3, opened: "x", notes: {} }, [null], [[]]])(
  "nonsense in place of an answer (%j) is empty, not an exception",
  (nonsense) => {
    expect(readOpened(nonsense)).toEqual({ stack: [], number: 0, notes: [] });
    expect(readFileState(nonsense)).toEqual({ path: "", state: "", words: "", isTrouble: false });
    expect(readPresets(nonsense)).toEqual([]);
    expect(typeof readCodeText(nonsense)).toBe("string");
  },
);

test("code comes alone or with the lines of its layers", () => {
  expect(readCodeText("import torch")).toBe("import torch");
  expect(readCodeText({ text: "import torch", lines: {} })).toBe("import torch");
});

// -- the config that belongs to a stack -----------------------------------------------------------------------------------

const [A, A2, B, B2] = ["a", "a2", "b", "b2"].map((id) => [node("linear", id)]) as [never, never, never, never];

test("each step back and forth is sent with the number of the design that it goes back to", () => {
  const sent: [unknown, number][] = [];
  const opened = createOpenedDesigns(A, 0);
  const design = createDesign(A, (stack) => sent.push([stack, opened.numberOf(stack)]));
  design.subscribe(() => opened.numberOf(design.get().history.present));
  design.change(A2);
  opened.note(B, 7);
  design.change(B);
  design.change(B2);
  for (const step of [design.undo, design.undo, design.undo, design.redo, design.redo, design.redo]) step();
  expect(sent).toEqual([
    [A2, 0],
    [B, 7],
    [B2, 7],
    [B, 7],
    [A2, 0],
    [A, 0],
    [A2, 0],
    [B, 7],
    [B2, 7],
  ]);
});

test("what was typed and never sent still belongs to its design", () => {
  vi.useFakeTimers();
  const sent: [unknown, number][] = [];
  const opened = createOpenedDesigns(A, 0);
  const design = createDesign(A, (stack) => sent.push([stack, opened.numberOf(stack)]));
  design.subscribe(() => opened.numberOf(design.get().history.present));
  design.change(A2, "typing");
  opened.note(B, 7);
  design.change(B);
  design.undo();
  expect(sent).toEqual([
    [B, 7],
    [A2, 0],
  ]);
  vi.useRealTimers();
});

// -- the gallery ------------------------------------------------------------------------------------------------------------

const COLOUR = { light: "#111", dark: "#eee" };
const card = (name: string, purpose: string) => ({ name, purpose, parameters: 1, published: false, sketch: [] });
const CARDS = [
  card("gpt2-nano", "trains in a minute"),
  card("llama-nano", "Llama, 1분이면 학습"),
  card("gpt2", "124 M"),
];

test.each([
  ["", ["gpt2-nano", "llama-nano", "gpt2"]],
  ["GPT2", ["gpt2-nano", "gpt2"]],
  ["nano minute", ["gpt2-nano"]],
  ["  학습  ", ["llama-nano"]],
  ["gpt2 학습", []],
])("a search for %j finds every word", (search, names) => {
  expect(matchingPresets(CARDS, search).map(({ name }) => name)).toEqual(names);
});

test("sizes are short, and Korean counts in tens of thousands", () => {
  expect([119104, 124_439_808, 6_738_415_616].map((n) => shortCount(n, "en"))).toEqual(["119K", "124M", "6.74B"]);
  expect([119104, 124_439_808, 6_738_415_616].map((n) => shortCount(n, "ko"))).toEqual(["11.9만", "1.24억", "67.4억"]);
});

// Two rows of three, a heading, and a row of two.
const place = (column: number, row: number) => ({ left: column * 100, top: row * 60, bottom: row * 60 + 50 });
const PLACES = [place(0, 0), place(1, 0), place(2, 0), place(0, 1), place(1, 1), place(2, 1), place(0, 3), place(1, 3)];

test.each([
  [0, "ArrowRight", 1],
  [2, "ArrowRight", 3],
  [7, "ArrowRight", null],
  [0, "ArrowLeft", null],
  [1, "ArrowDown", 4],
  [5, "ArrowDown", 7],
  [6, "ArrowDown", null],
  [7, "ArrowUp", 4],
  [2, "ArrowUp", null],
  [4, "Home", 0],
  [0, "End", 7],
  [99, "ArrowUp", null],
])("from card %i, %s leads to %j", (from, key, to) => {
  expect(cardBeside(PLACES, from, key)).toBe(to);
});

const bar = (depth: number, repeats: number | null = null): Bar => ({ colour: COLOUR, depth, repeats });

test("in a sketch a block is a frame around its bars, and nothing overlaps", () => {
  const { boxes, height } = sketchBoxes([bar(0), bar(0, 12), bar(1), bar(1, 2), bar(2), bar(0)]);
  const [first, block, inner, nested, deepest, last] = boxes;
  const holds = (outer: typeof first, inside: typeof first) =>
    outer !== undefined &&
    inside !== undefined &&
    outer.x < inside.x &&
    outer.y < inside.y &&
    inside.x + inside.width < outer.x + outer.width &&
    inside.y + inside.height < outer.y + outer.height;
  const ends = (box: typeof first) => (box ? box.y + box.height : Number.NaN);
  expect(holds(block, inner) && holds(block, nested) && holds(nested, deepest)).toBe(true);
  expect(ends(first)).toBeLessThan(block?.y ?? 0);
  expect(ends(inner)).toBeLessThan(nested?.y ?? 0);
  expect(ends(block)).toBeLessThan(last?.y ?? 0);
  expect(ends(last)).toBe(height);
  expect(boxes.every((box) => box.x >= 0 && box.x + box.width <= WIDTH && box.width > 0)).toBe(true);
});

test("an empty block and an empty design are drawn, too", () => {
  expect(sketchBoxes([])).toEqual({ boxes: [], height: 0 });
  expect(sketchBoxes([bar(0, 3), bar(0)]).boxes.map(({ height }) => height > 0)).toEqual([true, true]);
});

// -- files that come in ------------------------------------------------------------------------------------------------------

test("a file is read as text", async () => {
  expect(await textOf(new File(['{"가": 1}'], "a.json"))).toBe('{"가": 1}');
});

test("a file that the channel to Python could not carry is not sent", async () => {
  expect(await textOf(new File([new Uint8Array(5_000_001)], "large.json"))).toBeNull();
  expect(await textOf(new File([new Uint8Array(3_000_000)], "zeros.bin"))).toBeNull(); // each zero is written as \u0000
  expect(await textOf(new File(["7".repeat(4_900_000)], "a.json"))).toHaveLength(4_900_000);
});

test.each([
  ["a", 3],
  ['"', 4],
  ["\n", 4],
  ["\u0000", 8],
  ["가", 5],
])("%j takes %i bytes in a message", (text, bytes) => {
  expect(sentBytes(text)).toBe(bytes);
});
