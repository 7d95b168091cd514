import fc from "fast-check";
import { describe, expect, test } from "vitest";
import cases from "../../tests/fixtures/editor_rules.json";
import { allows } from "../src/graph/session/rules";
import { ruleWords } from "../src/graph/session/ruleWords";
import { readRules } from "../src/wire/readRules";
import { readStack } from "../src/wire/readStack";
import type { LayerNode, LayerStack } from "../src/wire/types";

const NOTHING = { readonly: false, locked: [], allowed: null, hints: true, given: [] };
const NO_RULES = readRules(NOTHING);

describe("the cases that Python's tests read too", () => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const rules: Record<string, unknown> = one.rules;
    const verdict = allows(readRules({ ...NOTHING, ...rules, given: one.given }), readStack(one.handed_in));
    const told = verdict === true ? null : { reason: verdict.reason, id: verdict.id };
    expect(told).toEqual(one.broken);
  });
});

/** Designs of a few layers, made so small that two of them are often the same. */
const anyNode = (depth: number): fc.Arbitrary<LayerNode> =>
  fc
    .record({
      type: fc.constantFrom("linear", "dropout"),
      data: fc.record({ id: fc.constantFrom("a", "b", "c"), value: fc.constantFrom(1, null, true) }),
      ...(depth > 0 ? { children: fc.array(anyNode(depth - 1), { maxLength: 2 }) } : {}),
    })
    .map((made) => made as LayerNode);
const anyStack = fc.array(anyNode(1), { maxLength: 3 });

test("without rules everything is allowed; in a design that is only to be read, nothing that changes it", () => {
  fc.assert(
    fc.property(anyStack, anyStack, (before, after) => {
      expect(allows({ ...NO_RULES, given: before }, after)).toBe(true);
      expect(allows({ ...NO_RULES, isReadOnly: true, given: before }, after) === true).toBe(
        JSON.stringify(before) === JSON.stringify(after),
      );
    }),
  );
});

test("with every layer locked and no type allowed, what is left to do is nothing", () => {
  const all = { ...NO_RULES, locked: new Set(["a", "b", "c"]), allowed: new Set<string>() };
  fc.assert(
    fc.property(anyStack, anyStack, (before, after) => {
      if (allows({ ...all, given: before }, after) === true && new Set(idsOf(before)).size === idsOf(before).length)
        expect(idsOf(after)).toEqual(idsOf(before));
    }),
  );
});

const idsOf = (stack: LayerStack): unknown[] =>
  stack.flatMap(({ data, children }) => [data.id, ...idsOf(children ?? [])]);

test.each([undefined, null, 5, "x", {}, [null, 3, "locked"]])("%o rules nothing that it should not", (value) => {
  const rules = readRules({ readonly: value, locked: value, allowed: value, hints: value, given: value });
  expect(rules.isReadOnly).toBe(false);
  expect(rules.hasHints).toBe(true);
  expect([...rules.locked]).toEqual(Array.isArray(value) ? ["locked"] : []);
});

test("the sentence names the layer as it is spelled, whatever that is", () => {
  const texts = { rule_removed: "{id} is locked", rule_added: "{type} may not be added" };
  expect(ruleWords({ reason: "removed", id: "$& {type}", type: "linear" }, texts)).toBe("$& {type} is locked");
  expect(ruleWords({ reason: "added", id: "x", type: "$1" }, texts)).toBe("$1 may not be added");
});
