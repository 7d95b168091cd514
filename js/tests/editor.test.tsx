// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { openEditor, shown } from "./editorPage";

let page: Awaited<ReturnType<typeof openEditor>>;
afterEach(() => page.close());

const kinds = () => page.asked.map((content) => (content as { kind: string }).kind);

test.each([
  ["Enter", "headless"],
  ["Escape", "head"],
])("%s in the field of an id leaves the focus in the editor, where keys mean layers", async (key, id) => {
  page = await openEditor({});
  const user = userEvent.setup();
  fireEvent.pointerDown(shown("node-head") as Element);
  await user.click(shown("rename-id") as Element);
  await user.keyboard(`{End}less{${key}}`);
  expect(shown(`node-${id}`)).not.toBeNull();
  expect(shown("graph-editor")?.contains(document.activeElement)).toBe(true);
});

test("Escape ends a comparison that stands beside the drawing, and none that nobody sees", async () => {
  page = await openEditor({});
  const user = userEvent.setup();
  expect(shown("compare-pane")).not.toBeNull();
  await user.click(shown("code") as Element);
  expect(kinds().filter((kind) => kind === "end-compare")).toHaveLength(1);
  shown("drawing")?.focus();
  await user.keyboard("{Escape}{Escape}");
  expect(shown("code-pane")).toBeNull();
  expect(kinds().filter((kind) => kind === "end-compare")).toHaveLength(1);
});
