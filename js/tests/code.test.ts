import fc from "fast-check";
import { expect, test } from "vitest";
import { wordAt } from "../src/graph/code/clicked";
import { highlight, linesOf } from "../src/graph/code/highlight";
import {
  type LayerLines,
  layersByLine,
  markedLines,
  nextLayer,
  spansToShow,
  topLine,
} from "../src/graph/code/layerLines";
import { readCode } from "../src/graph/code/readCode";

const LETTERS = fc.constantFrom('"', "'", "\\", "\n", "#", "a", "1", " ", "f", '"""', "def", "가");

test("pieces are all of the text, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: LETTERS }), (code) => {
      const pieces = highlight(code).map((piece) => piece.text);
      expect(pieces.join("")).toBe(code);
    }),
  );
});

test("lines are those of the text, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: LETTERS }), (code) => {
      const lines = linesOf(highlight(code)).map((pieces) => pieces.map(({ text }) => text).join(""));
      expect(lines).toEqual(code.split("\n"));
    }),
  );
});

test("a docstring over several lines is a string on each of them", () => {
  const lines = linesOf(highlight('x = """One.\n\n    if two\n"""  # end'));
  expect(lines.map((pieces) => pieces.map(({ kind, text }) => `${text}:${kind}`))).toEqual([
    ["x = :plain", '"""One.:string'],
    [],
    ["    if two:string"],
    ['""":string', "  :plain", "# end:comment"],
  ]);
});

test.each([
  ["x = 3  # not 4", ["3:number", "# not 4:comment"]],
  ['"""def\n# no comment"""', ['"""def\n# no comment""":string']],
  [`f"a # b" if 'it\\'s' else ""`, ['f"a # b":string', "if:keyword", "'it\\'s':string", "else:keyword", '"":string']],
  ["define(x1, B_2)", []],
  ["self.width = 1e-5", ["self:keyword", "1e:number", "5:number"]],
])("%s", (code, coloured) => {
  const told = highlight(code).filter((piece) => piece.kind !== "plain");
  expect(told.map(({ text, kind }) => `${text}:${kind}`)).toEqual(coloured);
});

// A class on lines 1 to 4, a block on 6 to 12 with two layers in it that share line 10, and a model below.
const LINES: LayerLines = new Map([
  [
    "block",
    {
      own: [
        [6, 12],
        [15, 15],
        [18, 19],
      ],
      related: [],
    },
  ],
  [
    "norm",
    {
      own: [
        [8, 8],
        [10, 10],
      ],
      related: [],
    },
  ],
  [
    "attention",
    {
      own: [
        [9, 9],
        [10, 10],
      ],
      related: [[1, 4]],
    },
  ],
  ["other", { own: [[30, 30]], related: [[1, 4]] }],
  ["silent", { own: [], related: [[18, 19]] }],
]);

test.each([
  [1, ["attention", "other"]],
  [5, []],
  [8, ["norm", "block"]],
  [10, ["norm", "attention", "block"]],
  [12, ["block"]],
  [18, ["block", "silent"]],
])("line %i belongs to %j", (line, layers) => {
  expect(layersByLine(LINES, 30)[line - 1]).toEqual(layers);
});

test("a line is marked as its own where it is that of one selected layer and behind another", () => {
  const marks = markedLines(LINES, new Set(["attention", "silent", "block"]));
  expect([1, 5, 10, 13, 18, 30].map((line) => marks.get(line))).toEqual([
    "related",
    undefined,
    "own",
    undefined,
    "own",
    undefined,
  ]);
  expect(markedLines(LINES, new Set(["gone"])).size).toBe(0);
});

test("clicking a line again and again selects each of its layers in turn", () => {
  const layers = ["norm", "attention", "block"];
  const clicks = [""];
  for (let n = 0; n < 4; n += 1) clicks.push(nextLayer(layers, new Set(clicks.slice(-1)), "") ?? "none");
  expect(clicks.slice(1)).toEqual(["norm", "attention", "block", "norm"]);
  expect(nextLayer(layers, new Set(["elsewhere"]), "")).toBe("norm");
  expect(nextLayer(layers, new Set(["norm", "attention"]), "")).toBe("norm");
  expect(nextLayer([], new Set(), "norm")).toBeNull();
});

test("a click on a layer's name selects that layer", () => {
  expect(nextLayer(["norm", "attention"], new Set(), "attention")).toBe("attention");
  expect(nextLayer(["norm", "attention"], new Set(["attention"]), "attention")).toBe("attention");
  expect(nextLayer(["norm", "attention"], new Set(), "self")).toBe("norm");
});

test.each([
  ["self.norm1(x)", 5, "norm1"],
  ["self.norm1(x)", 10, "norm1"],
  ["self.norm1(x)", 11, "x"],
  ["x = 가나 + 1", 4, "가나"],
  ["  # note", 1, ""],
  ["", 3, ""],
])("in %j the word at %i is %j", (text, offset, word) => {
  expect(wordAt(text, offset)).toBe(word);
});

test("nothing moves while a line of the selection is seen", () => {
  const spans = spansToShow(LINES, new Set(["attention"]));
  expect(spans).toEqual([
    [9, 9],
    [10, 10],
  ]);
  expect(topLine(spans, [10, 20])).toBeNull();
  expect(topLine(spans, [1, 9])).toBeNull();
  expect(topLine([], [1, 9])).toBeNull();
});

test("what is out of sight comes to the middle, all of it that fits", () => {
  // Lines 9 and 10 among ten: four above, four below.
  expect(topLine(spansToShow(LINES, new Set(["attention"])), [31, 40])).toBe(5);
  // Of the block the class and where it is made fit into twelve lines, where it runs does not.
  expect(topLine(spansToShow(LINES, new Set(["block"])), [31, 42])).toBe(5);
  expect(topLine(spansToShow(LINES, new Set(["silent"])), [31, 40])).toBe(14);
  // The lines far below are no reason to stay there.
  expect(topLine(spansToShow(LINES, new Set(["block"])), [18, 27])).toBe(5);
  expect(topLine([[2, 2]], [31, 40])).toBe(1);
});

test("nonsense instead of an answer is a text without layers, or with fewer", () => {
  const spans = fc.array(
    fc.oneof(fc.tuple(fc.integer(), fc.integer()), fc.tuple(fc.nat(6), fc.nat(6)), fc.jsonValue()),
  );
  fc.assert(
    fc.property(fc.jsonValue(), spans, (value, own) => {
      expect(typeof readCode(value).text).toBe("string");
      const { lines } = readCode({ text: "a\nb\nc", lines: { layer: { own, related: value }, other: value } });
      const good = own.filter((span) => JSON.stringify(span).match(/^\[[123],[123]\]$/)) as [number, number][];
      expect(lines.get("layer")?.own).toEqual(good.filter(([first, last]) => first <= last));
    }),
  );
});

test("an answer is a text and the lines of each layer", () => {
  expect(readCode("import torch")).toEqual({ text: "import torch", lines: new Map() });
  const answer = JSON.parse('{"text": "x\\n", "lines": {"__proto__": {"own": [[1, 2]], "related": [[2, 2]]}}}');
  expect(readCode(answer)).toEqual({
    text: "x\n",
    lines: new Map([["__proto__", { own: [[1, 2]], related: [[2, 2]] }]]),
  });
});
