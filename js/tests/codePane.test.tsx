// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { CodePane } from "../src/graph/code/CodePane";
import type { LayerLines } from "../src/graph/code/layerLines";

afterEach(cleanup);

const TEXT = 'class Block:\n    """<b>Two\n\n    lines."""\n    x = x + self.attention(self.norm(x))\n\n    return x\n';
const LINES: LayerLines = new Map([
  ["block", { own: [[1, 7]], related: [] }],
  ["norm", { own: [[5, 5]], related: [] }],
  ["attention", { own: [[5, 5]], related: [[1, 2]] }],
  ["switch", { own: [], related: [[5, 5]] }],
]);
const TEXTS = { code: "Code", code_line: "Line {n}: {layers}", code_hint: "Click!", code_no_lines: "None." };

function show(selected: readonly string[] = [], text = TEXT, lines = LINES) {
  const onSelect = vi.fn();
  const code = { text, lines, trouble: null, isWaiting: false };
  const pane = (ids: readonly string[]) => (
    <CodePane
      code={code}
      texts={TEXTS}
      onWidth={() => {}}
      onClose={() => {}}
      selectedIds={new Set(ids)}
      onSelect={onSelect}
      titleOf={(id) => id.toUpperCase()}
    />
  );
  const { rerender } = render(pane(selected));
  return { onSelect, select: (...ids: string[]) => rerender(pane(ids)) };
}

const code = () => screen.getByTestId("code-text");
const line = (number: number) => code().querySelector(`[data-line="${number}"]`) as HTMLElement;
const marks = () => [1, 2, 3, 4, 5, 6, 7].map((number) => line(number).dataset.mark ?? "");

test.each([TEXT, "", "\n", "x", "x\n\n", "\n\nx"])("what can be copied of %j is the text itself", (text) => {
  show([], text, new Map());
  expect(code().textContent).toBe(text);
  expect(code().querySelectorAll("b, button")).toHaveLength(0);
});

test("the lines of what is selected are marked", () => {
  const { select } = show(["attention"]);
  expect(marks()).toEqual(["related", "related", "", "", "own", "", ""]);
  select("norm", "switch");
  expect(marks()).toEqual(["", "", "", "", "own", "", ""]);
  select();
  expect(marks().join("")).toBe("");
});

test("a click on a line selects its layers, one after the other", () => {
  const { onSelect, select } = show();
  for (const id of ["norm", "attention", "block", "switch", "norm"]) {
    fireEvent.click(line(5));
    expect(onSelect).toHaveBeenLastCalledWith(id);
    select(id);
  }
});

test("the keyboard goes from line to line, and selects", () => {
  const { onSelect } = show();
  const stops = screen.getAllByRole("button").filter((button) => button.className === "slm-code-number");
  expect(stops.map((button) => button.tabIndex)).toEqual([0, -1, -1, -1, -1, -1, -1]);
  stops[3]?.focus();
  fireEvent.keyDown(stops[3] as HTMLElement, { key: "ArrowDown" });
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Line 5: NORM, ATTENTION, BLOCK, SWITCH");
  expect((document.activeElement as HTMLElement).tabIndex).toBe(0);
  fireEvent.click(document.activeElement as HTMLElement); // as Enter and the space bar do
  expect(onSelect).toHaveBeenCalledWith("norm");
  for (let n = 0; n < 9; n += 1) fireEvent.keyDown(document.activeElement as HTMLElement, { key: "ArrowDown" });
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Line 7: BLOCK");
});

test("below the code stands whose line is pointed at, or what can be done", () => {
  const { select } = show();
  const caption = screen.getByTestId("code-caption");
  expect(caption.textContent).toBe("Click!");
  fireEvent.pointerOver(line(5));
  expect(caption.textContent).toBe("NORM · ATTENTION · BLOCK · SWITCH");
  fireEvent.pointerLeave(code());
  expect(caption.textContent).toBe("Click!");
  select("switch");
  expect(caption.textContent).toBe("None.");
});
