import { expect, test } from "vitest";
import { matching } from "../src/graph/palette/matching";
import { paletteGroups, referenceFields, wireFields } from "../src/graph/stack/paletteFacts";
import { readPalette } from "../src/wire/readPalette";

const palette = readPalette([
  {
    type: "mhAttention",
    title: "멀티헤드 어텐션",
    group: "attention",
    groupTitle: "어텐션",
    summary: "앞의 토큰을 봅니다.",
  },
  { type: "linear", title: "선형", group: "output", groupTitle: "출력", summary: "폭을 바꿉니다." },
  {
    type: "residual",
    title: "Residual",
    group: "attention",
    groupTitle: "",
    summary: "Adds an earlier vector.",
    colour: { light: "#123456", dark: "#abcdef" },
    fields: [
      { name: "source", kind: "reference" },
      { name: "tiedTo", kind: "reference", flows: false },
      { name: "input", kind: "reference" },
    ],
  },
]);

test.each([
  ["", ["mhAttention", "linear", "residual"]],
  ["  ", ["mhAttention", "linear", "residual"]],
  ["어텐션", ["mhAttention"]],
  ["ATTENTION", ["mhAttention"]],
  ["폭을", ["linear"]],
  ["earlier adds", ["residual"]],
  ["earlier 폭을", []],
])("%o finds %o", (words, found) => {
  expect(matching([...palette.values()], words).map(({ type }) => type)).toEqual(found);
});

test("groups stand in the order of their first layers", () => {
  const groups = [...paletteGroups(palette)].map(([group, entries]) => [group, entries.length]);
  expect(groups).toEqual([
    ["attention", 2],
    ["output", 1],
  ]);
});

test("every layer has the reference `input`, once, known or not", () => {
  const fields = referenceFields(palette);
  expect(fields("residual")).toEqual(["source", "tiedTo", "input"]);
  expect(fields("linear")).toEqual(["input"]);
  expect(fields("nobody")).toEqual(["input"]);
});

test("a reference from which nothing flows is no wire, but follows a copy", () => {
  expect(wireFields(palette)("residual")).toEqual(["source", "input"]);
  expect(wireFields(palette)("nobody")).toEqual(["input"]);
});

test("a colour is Python's, or none", () => {
  expect(palette.get("residual")?.colour).toEqual({ light: "#123456", dark: "#abcdef" });
  expect(palette.get("linear")?.colour).toBeNull();
});
