import { expect, test } from "vitest";
import { fill, formatCount, formatShape } from "../src/graph/drawing/format";
import { breakable, nodeTitle, summary } from "../src/graph/drawing/summary";
import { readNumber, stepped } from "../src/graph/inspector/numbers";
import { problemWords } from "../src/graph/inspector/problemWords";
import { readPalette } from "../src/wire/readPalette";
import { node } from "./stacks";

const entry = readPalette([
  {
    type: "mhAttention",
    title: "Attention",
    fields: [
      { name: "normType", kind: "choice", title: "Kind", default: "a", choices: [{ value: "a", title: "Type A" }] },
      { name: "numHeads", kind: "integer", title: "Heads", default: null },
      { name: "dropoutRate", kind: "number", title: "Dropout", default: 0 },
      { name: "qkvBias", kind: "boolean", title: "QKV bias", default: false },
      { name: "source", kind: "reference", title: "Source", default: null },
      { name: "label", kind: "text", title: "Label", default: null },
    ],
  },
]).get("mhAttention");

test.each([
  [{}, "Type A"],
  [{ numHeads: 1024, dropoutRate: 0 }, "Type A · Heads 1,024"],
  [{ dropoutRate: 0.1, qkvBias: true }, "Type A · Dropout 0.1 · QKV bias"],
  [{ source: "block:in", label: "mine" }, "Type A · ← block:in"],
  [{ input: "norm", numHeads: 4 }, "← norm · Type A · Heads 4"],
  [{ normType: "?", numHeads: { a: [1] } }, '? · Heads {"a":[1]}'],
  [{ numHeads: "x".repeat(1000) }, `Type A · Heads ${"x".repeat(40)}…`],
])("%o is told as %s", (data, words) => {
  expect(summary(node("mhAttention", "a", data), entry)).toBe(words);
});

test("a summary is broken after a dot and nowhere else", () => {
  expect(breakable("Rotary size 8 · QKV bias").split(" ")).toEqual(["Rotary\u00a0size\u00a08\u00a0·", "QKV\u00a0bias"]);
});

test("a node is called by its label, its type's title, or its bare type", () => {
  expect(nodeTitle(node("mhAttention", "a", { label: "<b>mine</b>" }), entry)).toBe("<b>mine</b>");
  expect(nodeTitle(node("mhAttention", "a", { label: 7 }), entry)).toBe("Attention");
  expect(nodeTitle(node("nobody", "a"), undefined)).toBe("nobody");
});

test("counts and shapes are written for people", () => {
  expect(formatCount(1234567)).toBe("1,234,567");
  expect(formatCount(null)).toBe("–");
  expect(formatShape(["B", "T", 50257])).toBe("B × T × 50,257");
  expect(formatShape(null)).toBe("");
});

test("a text is filled with the values it names, and only with those", () => {
  expect(fill("{n} of {total} {constructor}", { n: "{total}", total: 3 })).toBe("{total} of 3 {constructor}");
  expect(fill(undefined, {})).toBe("");
});

test.each([
  ["12", 12],
  [" 1e-3 ", 0.001],
  ["-4", -4],
  ["6.5", 6.5],
  ["", null],
  ["12 heads", "12 heads"],
  ["1e999", "1e999"],
])("typing %o means %o", (text, value) => {
  expect(readNumber(text, null)).toBe(value);
});

test("arrow keys step within what is allowed", () => {
  expect(stepped(4, 1, 1, 4)).toBe(4);
  expect(stepped(1, -1, 1, undefined)).toBe(1);
  expect(stepped(undefined, 1, 1, undefined)).toBe(2);
  expect(stepped("x", 1, undefined, undefined)).toBe(1);
});

test.each([
  ["outDim is 5, not 4. Leave outDim empty.", "Output width", "Output width is 5, not 4. Leave Output width empty."],
  ["outDim은 5인데 4입니다. outDim을 비워 두세요.", "출력 너비", "출력 너비는 5인데 4입니다. 출력 너비를 비워 두세요."],
  ["outDim은 5인데 4입니다. outDim을 비워 두세요.", "출력 폭", "출력 폭은 5인데 4입니다. 출력 폭을 비워 두세요."],
  ["outDim 값이 'outDim'입니다.", "출력 폭", "출력 폭 값이 'outDim'입니다."],
  ["outDim은 5입니다.", "V", "V은 5입니다."],
  ["outDimension is 5.", "Output width", "outDimension is 5."],
  ["5 comes out, but outDim is 4.", "Output width", "5 comes out, but outDim is 4."],
  ["outDim is 5.", "$& <b>", "$& <b> is 5."],
])("%s under %s reads: %s", (text, title, words) => {
  expect(problemWords(text, "outDim", title)).toBe(words);
});

test("a field of a group is called by its own title", () => {
  expect(problemWords("rope.a+b is 5.", "rope.a+b", "Factor")).toBe("Factor is 5.");
});
