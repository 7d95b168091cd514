// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { formulasOf } from "../src/graph/inspector/formulaOf";
import { Letters } from "../src/graph/inspector/Letters";
import { MathFormulas } from "../src/graph/inspector/MathFormula";
import { readFormulas } from "../src/wire/readFormula";
import { readPalette } from "../src/wire/readPalette";

afterEach(cleanup);

const leaf = (tag: string, text: string) => ({ tag, children: [text] });
const math = (...children: unknown[]) => ({ tag: "math", attributes: { display: "block" }, children });
const draw = (...children: unknown[]) =>
  render(<MathFormulas formulas={readFormulas([{ field: null, tree: math(...children) }])} />).container;

test("a tree becomes MathML elements", () => {
  const drawn = draw({ tag: "mfrac", children: [leaf("mi", "a"), leaf("mn", "2")] });
  const fraction = drawn.querySelector("math > mfrac");
  expect([...(fraction?.children ?? [])].map((child) => child.outerHTML)).toEqual(["<mi>a</mi>", "<mn>2</mn>"]);
  expect(drawn.querySelector("math")?.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
});

test.each([
  leaf("script", "alert(1)"),
  leaf("annotation-xml", "x"),
  { tag: "img", attributes: { src: "x", onerror: "alert(1)" } },
  { tag: "maction", attributes: { actiontype: "toggle" } },
  { tag: "a", attributes: { href: "javascript:alert(1)" }, children: ["x"] },
  { tag: "MI", children: ["x"] },
  { tag: "constructor", children: ["x"] },
])("%o is not drawn", (node) => {
  expect(draw(node, leaf("mi", "y")).querySelector("math")?.innerHTML).toBe("<mi>y</mi>");
});

test("attributes are let through by name, and as text only", () => {
  const attributes = {
    onclick: "alert(1)",
    style: "color:red",
    href: "javascript:1",
    stretchy: "true",
    fence: { a: 1 },
  };
  const bracket = draw({ tag: "mo", attributes, children: ["("] }).querySelector("mo");
  expect(bracket?.getAttributeNames()).toEqual(["stretchy"]);
});

test("text is text", () => {
  expect(draw(leaf("mi", "<img src=x onerror=alert(1)>")).querySelector("img")).toBeNull();
});

test.each([undefined, 3, [null], [{ tree: "x" }], [{ tree: leaf("mi", "x") }], [{ tree: { tag: 3 } }]])(
  "%o is no formula",
  (value) => {
    expect(readFormulas(value)).toEqual([]);
  },
);

test("a tree without end does not take the page away", () => {
  let deep: object = leaf("mi", "x");
  for (let depth = 0; depth < 20_000; depth++) deep = { tag: "mrow", children: [deep] };
  expect(readFormulas([{ tree: math(deep) }])).toHaveLength(1);
});

const entry = readPalette([
  {
    type: "norm",
    fields: [
      { name: "kind", kind: "choice", default: "layer" },
      { name: "turned", kind: "boolean", default: null, nullable: true },
    ],
    formulas: [
      { field: null, value: null, tree: math(leaf("mi", "always")) },
      { field: "kind", value: "layer", tree: math(leaf("mi", "layer")) },
      { field: "kind", value: "rms", tree: math(leaf("mi", "rms")) },
      { field: "turned", value: true, tree: math(leaf("mi", "turned")) },
    ],
  },
]).get("norm");

test.each([
  [{}, {}, ["always", "layer"]],
  [{ kind: "rms" }, {}, ["always", "rms"]],
  [{ kind: null }, { turned: true }, ["always", "layer", "turned"]],
  [{ turned: false }, { turned: true }, ["always", "layer"]],
  [{ kind: "what" }, {}, ["always"]],
])("with %o, and %o filled in, the formulas are %o", (data, resolved, words) => {
  if (!entry) throw new Error("no entry");
  const { container } = render(<MathFormulas formulas={formulasOf(entry, data, resolved)} />);
  expect([...container.querySelectorAll("mi")].map((mi) => mi.textContent)).toEqual(words);
});

test("what hangs below a letter is written below it, in Korean sentences too", () => {
  const { container } = render(<Letters text="R_t turns; p̄_e는 top_k, θ_i; a layer" />);
  expect([...container.querySelectorAll("i, sub")].map((part) => part.textContent)).toEqual([
    "R",
    "t",
    "p̄",
    "e",
    "top",
    "k",
    "θ",
    "i",
  ]);
  expect(container.textContent).toBe("Rt turns; p̄e는 topk, θi; a layer");
});

test("only https addresses are links", () => {
  const papers = ["https://a.org", "javascript:alert(1)", "http://a.org", " https://a.org", 3].map((link) => ({
    title: "t",
    link,
  }));
  const links = readPalette([{ type: "x", papers }])
    .get("x")
    ?.papers.map(({ link }) => link);
  expect(links).toEqual(["https://a.org", "", "", "", ""]);
});
