import { expect, test } from "vitest";
import { SHORTCUTS } from "../src/graph/editor/commands";
import { ariaKeys } from "../src/graph/menu/ariaKeys";

test.each([
  ["Ctrl+Shift+Z", "Control+Shift+Z"],
  ["Del", "Delete"],
  ["← →", "ArrowLeft ArrowRight"],
  ["Alt+↑", "Alt+ArrowUp"],
  ["+", "Plus"],
  ["?", "?"],
])("%s is %s to a screen reader", (written, told) => {
  expect(ariaKeys(written)).toBe(told);
});

// https://www.w3.org/TR/wai-aria-1.2/#aria-keyshortcuts: modifiers first, then one key of KeyboardEvent.key.
const KEY = /^((Control|Shift|Alt|Meta)\+)*([A-Z]|F\d+|[0-9/?-]|Plus|Delete|Escape|Arrow(Up|Down|Left|Right))$/;

test.each(Object.entries(SHORTCUTS))("the keys of %s are told in valid names", (_, written) => {
  for (const keys of ariaKeys(written).split(" ")) expect(keys).toMatch(KEY);
});
