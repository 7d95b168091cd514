import fc from "fast-check";
import { expect, test } from "vitest";
import { highlight } from "../src/graph/code/highlight";

test("pieces are all of the text, whatever it is", () => {
  const letters = fc.constantFrom('"', "'", "\\", "\n", "#", "a", "1", " ", "f", '"""', "def", "가");
  fc.assert(
    fc.property(fc.string({ unit: letters }), (code) => {
      const pieces = highlight(code).map((piece) => piece.text);
      expect(pieces.join("")).toBe(code);
    }),
  );
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
