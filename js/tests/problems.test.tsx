// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { AllProblems } from "../src/graph/inspector/AllProblems";
import { Overview } from "../src/graph/inspector/Overview";
import { readAnalysis } from "../src/wire/readAnalysis";
import { readPalette } from "../src/wire/readPalette";

afterEach(cleanup);

const problem = (layer_id: string | null, severity: string, message: string, more: object = {}) => ({
  ...{ layer_id, field: null, severity, text: message, message },
  ...more,
});
const analysis = readAnalysis({
  problems: [
    problem("a", "warning", "A is odd."),
    problem("b", "error", "B is wrong.", { field: "rope.factor", mend: { heads: 4 }, mend_title: "Use 4" }),
    problem(null, "error", "The design is wrong."),
  ],
  layers: { a: {}, b: {} },
});
const texts = {
  all_problems: "All ({n})",
  nothing_selected: "Click a layer.",
  step_begin: "Begin with {title}.",
  step_add: "Add more.",
  step_mend: "Mend.",
  step_train: "Train.",
};
const palette = readPalette([
  { type: "x", title: "The first" },
  { type: "y", title: "Another" },
]);

function open(what: Partial<Parameters<typeof Overview>[0]> = {}) {
  const told = { onSelect: vi.fn(), onMend: vi.fn() };
  render(<Overview {...{ analysis, texts, palette, ...told, ...what }} />);
  return told;
}
const items = () => screen.getAllByRole("listitem").map((item) => item.textContent);

test("errors come first; each leads to its layer and field, and is mended with one click", async () => {
  const { onSelect, onMend } = open();
  expect(items().slice(0, 3)).toEqual(["B is wrong.Use 4", "The design is wrong.", "A is odd."]);
  await userEvent.click(screen.getByText("B is wrong."));
  await userEvent.click(screen.getByText("A is odd."));
  expect(onSelect.mock.calls).toEqual([
    ["b", "rope.factor"],
    ["a", null],
  ]);
  await userEvent.click(screen.getByText("Use 4"));
  expect(onMend.mock.calls).toEqual([["b", { heads: 4 }]]);
});

test.each([{ hasHints: false }, { isReadOnly: true }])("%o: problems, but no mends and no advice", (rule) => {
  open(rule);
  expect(items()).toEqual(["B is wrong.", "The design is wrong.", "A is odd.", "Click a layer."]);
});

test("a beginner is told what to do next, from an empty drawing to training", () => {
  open({ analysis: readAnalysis({}) });
  expect(items()).toEqual(["Begin with The first.", "Add more."]);
  cleanup();
  open();
  expect(items().slice(3)).toEqual(["Mend.", "Click a layer."]);
  cleanup();
  open({ analysis: readAnalysis({ layers: { a: {} } }) });
  expect(items()).toEqual(["Click a layer.", "Add more.", "Train."]);
});

test("under a layer's form all problems are one click away, and nothing stands there when there are none", async () => {
  const onSelect = vi.fn();
  const list = (found: typeof analysis) => (
    <AllProblems analysis={found} texts={texts} onSelect={onSelect} onMend={() => {}} />
  );
  const { container, rerender } = render(list(analysis));
  expect(screen.getByTestId<HTMLDetailsElement>("all-problems").open).toBe(false);
  await userEvent.click(screen.getByText("All (3)"));
  await userEvent.click(screen.getByText("B is wrong."));
  expect(onSelect).toHaveBeenCalledExactlyOnceWith("b", "rope.factor");
  rerender(list(readAnalysis({})));
  expect(container.innerHTML).toBe("");
});
