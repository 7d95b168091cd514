// @vitest-environment happy-dom
import { renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useGuard } from "../src/graph/editor/useGuard";
import { readRules } from "../src/wire/readRules";
import { node } from "./stacks";

const EMBEDDING = node("tokenEmbedding", "tokens");
const NORM = node("normalization", "norm");
const given = [EMBEDDING, NORM];

function guard() {
  const onChange = vi.fn();
  const rules = readRules({ readonly: false, locked: [], allowed: ["linear"], hints: true, given });
  const texts = { rule_added: "{type} may not be added" };
  const say = vi.fn();
  const { result } = renderHook(() => useGuard({ rules, texts, onChange, say }));
  return { change: result.current, onChange, say };
}

test("a layer that was cut may be pasted again, though its type may not be added", () => {
  const { change, onChange, say } = guard();
  expect(change([EMBEDDING])).toBe(true);
  expect(change([EMBEDDING, node("normalization", "norm2")])).toBe(true);
  expect(onChange).toHaveBeenCalledTimes(2);
  expect(change([EMBEDDING, NORM, node("normalization", "norm2")])).toBe(false);
  expect(onChange).toHaveBeenCalledTimes(2);
  expect(say).toHaveBeenCalledWith("normalization may not be added");
});
