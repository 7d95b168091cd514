// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { usePane } from "../src/graph/editor/usePane";

function show(hasComparison = false) {
  const end = vi.fn();
  const hook = renderHook((has: boolean) => usePane(has, end), { initialProps: hasComparison });
  const now = () => hook.result.current;
  return {
    end,
    pane: () => now().pane,
    toggle: (wanted: "code" | "compare") => act(() => now().toggle(wanted)),
    close: () => act(() => now().close()),
    compare: (has: boolean) => hook.rerender(has),
  };
}

test("a comparison opens its pane, and closing that ends it, once", () => {
  const { end, pane, close, compare } = show();
  compare(true);
  expect(pane()).toBe("compare");
  expect(end).not.toHaveBeenCalled();
  close();
  expect(pane()).toBeNull();
  close(); // Python has not answered yet
  expect(end).toHaveBeenCalledTimes(1);
});

test("the code in place of a comparison ends it; closing the code, or nothing, ends none", () => {
  const { end, pane, toggle, close } = show(true);
  toggle("code");
  expect(pane()).toBe("code");
  expect(end).toHaveBeenCalledTimes(1);
  close();
  close();
  toggle("code");
  toggle("code");
  expect(end).toHaveBeenCalledTimes(1);
});

test("the pane to choose in ends nothing, for there is nothing yet", () => {
  const { end, toggle, pane } = show();
  toggle("compare");
  toggle("compare");
  expect(pane()).toBeNull();
  expect(end).not.toHaveBeenCalled();
});
