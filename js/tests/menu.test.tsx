// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Menu } from "../src/graph/menu/Menu";

afterEach(cleanup);

test("a line shows its keys as they are written, and tells them to a screen reader by their names", () => {
  const entry = { id: "remove", title: "Delete", onPick: () => {} };
  render(
    <Menu label="Edit" groups={[[{ ...entry, shortcut: "Del" }], [{ ...entry, id: "plain" }]]} onClose={() => {}} />,
  );
  const [first, second] = screen.getAllByRole("menuitem");
  expect(first?.getAttribute("aria-keyshortcuts")).toBe("Delete");
  expect(first?.querySelector("kbd")?.textContent).toBe("Del");
  expect(second?.hasAttribute("aria-keyshortcuts")).toBe(false);
});
