// @vitest-environment happy-dom
import { cleanup, createEvent, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { NodeId } from "../src/graph/inspector/NodeId";

afterEach(cleanup);

async function open() {
  const onRename = vi.fn();
  render(
    <NodeId id="head" taken={new Set(["head", "norm"])} texts={{ id_taken: "{id} is taken" }} onRename={onRename} />,
  );
  const user = userEvent.setup();
  await user.click(screen.getByTestId("rename-id"));
  return { user, onRename };
}

test.each([
  ["Enter", [["headless"]]],
  ["Escape", []],
])("after %s the focus is on what opened the field, not on the page", async (key, renamed) => {
  const { user, onRename } = await open();
  await user.keyboard(`{End}less{${key}}`);
  expect(onRename.mock.calls).toEqual(renamed);
  expect(document.activeElement).toBe(screen.getByTestId("rename-id"));
});

test("whoever goes on to another place keeps the focus there", async () => {
  const { user, onRename } = await open();
  await user.keyboard("{End}less");
  await user.tab();
  expect(onRename).toHaveBeenCalledWith("headless");
  expect(document.activeElement).not.toBe(screen.getByTestId("rename-id"));
});

test("an id that another layer has keeps the field open", async () => {
  const { user, onRename } = await open();
  await user.clear(screen.getByTestId("id"));
  await user.keyboard("norm{Enter}");
  expect(screen.getByRole("status").textContent).toBe("norm is taken");
  expect(onRename).not.toHaveBeenCalled();
});

test.each(["Enter", "Escape"])("an %s that belongs to Hangul on its way leaves nothing", async (key) => {
  const { user, onRename } = await open();
  await user.keyboard("머리");
  const field = screen.getByTestId("id");
  fireEvent(field, createEvent.keyDown(field, { key, isComposing: true }));
  expect(screen.getByTestId("id")).toBe(field);
  expect(onRename).not.toHaveBeenCalled();
  fireEvent.keyDown(field, { key: "Enter" });
  expect(onRename).toHaveBeenCalledTimes(1);
});
