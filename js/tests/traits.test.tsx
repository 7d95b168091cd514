// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/react";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { GOOD, openEditor, shown } from "./editorPage";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 }); // a whole editor, drawn again and again

/** What is thrown outside the drawing's own border takes everything away. */
function expectWhole() {
  expect(shown("broken")).toBeNull();
  expect(shown("drawing")).not.toBeNull();
}

const NONSENSE = [null, undefined, true, 0, -1, 1e300, "x", "", {}, { x: {} }, [], [null], [{}], [[]], ["x", 5]];

/** The value with nonsense at one place inside of it, for each place there is. */
function* spoilt(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value))
    for (const other of [{ x: {} }, ...spoilt(inner)])
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
}

describe("whatever comes as one trait, the page is drawn, and all is well once Python has sent better", () => {
  let page: Awaited<ReturnType<typeof openEditor>>;
  beforeAll(async () => {
    page = await openEditor({});
  });
  afterAll(() => page.close());

  test.each(Object.keys(GOOD))("%s", async (name) => {
    for (const value of NONSENSE) {
      await page.assign(name, value);
      expectWhole();
    }
    await page.assign(name, GOOD[name]);
    expect(shown("node-head")).not.toBeNull();
  });

  test.each(["palette", "analysis", "comparison", "costs", "file_state"])("inside of %s", async (name) => {
    fireEvent.pointerDown(shown("node-head") as Element); // so that its settings are shown, too
    for (const value of spoilt(GOOD[name])) {
      await page.assign(name, value);
      expectWhole();
    }
    await page.assign(name, GOOD[name]);
    expect(shown("field-kind")).not.toBeNull();
  });
});

test.each([null, 5, "x", { x: {} }, [{}]])(
  "a page that opens with %j for every trait is drawn, and mends",
  async (value) => {
    const page = await openEditor(Object.fromEntries(Object.keys(GOOD).map((name) => [name, value])));
    expectWhole();
    for (const [name, good] of Object.entries(GOOD)) await page.assign(name, good);
    expect(shown("node-head")).not.toBeNull();
    await page.close();
  },
);
