// @vitest-environment happy-dom
import { renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useClipboard } from "../src/graph/editor/useClipboard";

afterEach(() => vi.restoreAllMocks());

/** The clipboard of a page whose browser first asks the person; `allow` is the answer. */
function show() {
  let allow = () => {};
  const asked = new Promise<void>((resolve) => {
    allow = resolve;
  });
  vi.spyOn(navigator.clipboard, "writeText").mockReturnValue(asked);
  const [first, second] = [vi.fn(), vi.fn()];
  const others = { onCopied: vi.fn(), onPaste: vi.fn(), onRefused: vi.fn() };
  const { result, rerender } = renderHook(({ text, onCut }) => useClipboard({ text: () => text, onCut, ...others }), {
    initialProps: { text: "norm", onCut: first },
  });
  const cut = result.current.cut();
  return { cut, first, second, allow: () => allow(), rerender };
}

test("what is cut once the browser has asked is cut out of the design of then", async () => {
  const { cut, first, second, allow, rerender } = show();
  rerender({ text: "norm", onCut: second });
  allow();
  await cut;
  expect([first, second].map((called) => called.mock.calls.length)).toEqual([0, 1]);
});

test("where something else is selected by then, nothing is cut", async () => {
  const { cut, first, second, allow, rerender } = show();
  rerender({ text: "head", onCut: second });
  allow();
  await cut;
  expect([first, second].map((called) => called.mock.calls.length)).toEqual([0, 0]);
});
