// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { PalettePane } from "../src/graph/palette/PalettePane";
import { readPalette } from "../src/wire/readPalette";

afterEach(cleanup);

const entry = (type: string, group: string, more: object = {}) => ({
  type,
  title: type.toUpperCase(),
  group,
  groupTitle: group,
  summary: `${type} does it.`,
  ...more,
});
const math = { tag: "math", children: [{ tag: "mi", children: ["x"] }] };
const WIRE = [
  entry("one", "first"),
  entry("two", "first", { formulas: [{ field: null, value: null, tree: math }] }),
  entry("three", "second"),
];
const texts = { palette: "Layers", filter: "Filter", palette_hint: "Drag one.", filter_none: "None." };

function open() {
  const onAppend = vi.fn();
  const pane = (wire: object[]) => (
    <PalettePane palette={readPalette(wire)} texts={texts} onGrab={() => {}} onAppend={({ type }) => onAppend(type)} />
  );
  const { rerender } = render(pane(WIRE));
  return { onAppend, again: (wire: object[]) => rerender(pane(wire)) };
}

const focused = () => document.activeElement?.getAttribute("data-testid");

test("arrow keys go from the search through the layers and back, and the page around hears none of them", async () => {
  const user = userEvent.setup();
  open();
  const onKey = vi.fn();
  document.body.addEventListener("keydown", onKey);
  await user.click(screen.getByTestId("filter"));
  const seen = [];
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Home", "ArrowUp"]) {
    await user.keyboard(`{${key}}`);
    seen.push(focused());
  }
  document.body.removeEventListener("keydown", onKey);
  expect(seen).toEqual(["palette-one", "palette-two", "palette-three", "palette-three", "palette-one", "filter"]);
  expect(onKey).not.toHaveBeenCalled();
});

test("Enter adds the layer that has the focus, and from the search the first one found", async () => {
  const user = userEvent.setup();
  const { onAppend } = open();
  await user.type(screen.getByTestId("filter"), "{Enter}");
  expect(onAppend).not.toHaveBeenCalled();
  await user.type(screen.getByTestId("filter"), "thr{Enter}");
  await user.clear(screen.getByTestId("filter"));
  await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  expect(onAppend.mock.calls).toEqual([["three"], ["two"]]);
});

test("Tab stops once in the list, at the layer where the arrow keys were", async () => {
  const user = userEvent.setup();
  open();
  const stops = () => screen.getAllByTestId(/^palette-(one|two|three)/).filter((button) => button.tabIndex === 0);
  expect(stops().map(({ textContent }) => textContent)).toEqual(["ONE"]);
  screen.getByTestId("palette-one").focus();
  await user.keyboard("{ArrowDown}");
  expect(stops().map(({ textContent }) => textContent)).toEqual(["TWO"]);
});

test("the foot of the list tells what the layer under the pointer or the focus does", async () => {
  const user = userEvent.setup();
  open();
  const preview = screen.getByTestId("palette-preview");
  expect(preview.textContent).toBe("Drag one.");
  await user.hover(screen.getByTestId("palette-two"));
  expect(preview.textContent).toBe("two does it.x");
  expect(preview.querySelector("math mi")).not.toBeNull();
  await user.unhover(screen.getByTestId("palette-two"));
  expect(preview.textContent).toBe("Drag one.");
  screen.getByTestId("palette-three").focus();
  expect(await screen.findByText("three does it.")).toBeTruthy();
  expect(screen.getByTestId("palette-three").getAttribute("aria-describedby")).toBe(preview.id);
});

test("the words follow the language while a layer is shown", async () => {
  const { again } = open();
  await userEvent.hover(screen.getByTestId("palette-one"));
  again(WIRE.map((each) => ({ ...each, summary: "새 말" })));
  expect(screen.getByTestId("palette-preview").textContent).toBe("새 말");
});

test("a group folds, and a search looks into folded ones", async () => {
  const user = userEvent.setup();
  open();
  const fold = screen.getByRole("button", { name: /^first/ });
  expect(fold.getAttribute("aria-expanded")).toBe("true");
  await user.click(fold);
  expect(fold.getAttribute("aria-expanded")).toBe("false");
  expect(screen.queryByTestId("palette-one")).toBeNull();
  expect(fold.textContent).toBe("first2");
  await user.type(screen.getByTestId("filter"), "one");
  expect(screen.getByTestId("palette-one")).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByTestId("palette-one")).toBeNull();
});

test("the left arrow folds a group as in a tree, the right one unfolds it, and the others pass by what is folded", async () => {
  const user = userEvent.setup();
  open();
  screen.getByTestId("palette-two").focus();
  await user.keyboard("{ArrowLeft}");
  const title = screen.getByRole("button", { name: /^first/ });
  expect([title.getAttribute("aria-expanded"), document.activeElement]).toEqual(["false", title]);
  await user.keyboard("{ArrowDown}");
  expect(focused()).toBe("palette-three");
  await user.keyboard("{ArrowUp}");
  expect(document.activeElement).toBe(title);
  await user.keyboard("{ArrowRight}{ArrowDown}");
  expect(focused()).toBe("palette-one");
});

test("what is added from the search leaves its words to be typed over", async () => {
  const user = userEvent.setup();
  const { onAppend } = open();
  await user.type(screen.getByTestId("filter"), "two{Enter}");
  await user.keyboard("three{Enter}");
  expect(onAppend.mock.calls).toEqual([["two"], ["three"]]);
});

test("what nothing matches is said", async () => {
  open();
  await userEvent.type(screen.getByTestId("filter"), "nothing like this");
  expect(screen.getByTestId("palette-preview").textContent).toBe("None.");
});
