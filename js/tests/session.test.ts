import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDesign } from "../src/graph/editor/design";
import { createKeeper } from "../src/graph/session/keeper";
import { keepDesign } from "../src/graph/session/keeping";
import { readOrigin } from "../src/wire/readOrigin";
import type { LayerStack } from "../src/wire/types";
import { node } from "./stacks";

const A = [node("linear", "a")];
const B = [node("linear", "b")];
const C = [node("linear", "c")];

/** What a browser tab keeps; `room` as little of it as a tab may have. */
function createStorage(room = Number.POSITIVE_INFINITY): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (n) => [...items.keys()][n] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > room) throw new DOMException("full", "QuotaExceededError");
      items.set(key, value);
    },
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  };
}

/** The editor of a cell in a kernel: Python answers what it is sent, unless it is busy. */
function open(storage: Storage, session: string, { page = "/a.ipynb", place = "cell", stack = A as LayerStack } = {}) {
  const sent: string[] = [];
  const design = createDesign(stack, (_, edition) => void sent.push(edition));
  const offer = keepDesign(
    design,
    createKeeper(() => storage, page, { place, session }),
  );
  return { design, offer, answer: () => design.answered(sent.at(-1)) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("after a restart the cell's new editor offers the drawing, and restoring it is one step", () => {
  const storage = createStorage();
  const before = open(storage, "kernel 1");
  before.design.change(B);
  before.answer();
  before.design.change(C);
  before.answer();
  const after = open(storage, "kernel 2");
  expect(after.offer.get()).toEqual(C);
  after.offer.restore();
  expect(after.offer.get()).toBeNull();
  expect(after.design.get().history.present).toEqual(C);
  after.design.undo();
  expect(after.design.get().history.present).toBe(A);
  expect(after.design.get().history.past).toBeNull();
});

test("nothing is offered by an untouched editor, in another cell, notebook or design, or by a page that is reloaded", () => {
  const storage = createStorage();
  expect(open(storage, "1").offer.get()).toBeNull();
  expect(open(storage, "2").offer.get()).toBeNull();
  const before = open(storage, "3");
  before.design.change(B);
  before.answer();
  expect(open(storage, "4", { place: "another cell" }).offer.get()).toBeNull();
  expect(open(storage, "4", { page: "/b.ipynb" }).offer.get()).toBeNull();
  expect(open(storage, "3", { stack: B }).offer.get()).toBeNull();
  expect(open(storage, "4", { stack: B }).offer.get()).toBeNull(); // it is drawn already
  expect(open(storage, "4").offer.get()).toEqual(B);
});

test("what a busy kernel never received is offered when the page is reloaded", () => {
  const storage = createStorage();
  const before = open(storage, "1");
  before.design.change(B);
  expect(open(storage, "1").offer.get()).toEqual(B);
  before.answer();
  expect(open(storage, "1").offer.get()).toBeNull();
});

test("an offer that is waved away does not come back", () => {
  const storage = createStorage();
  open(storage, "1").design.change(B);
  open(storage, "2").offer.forget();
  expect(open(storage, "3").offer.get()).toBeNull();
  expect(storage.length).toBe(0);
});

test("waving an old drawing away keeps the one that was begun meanwhile", () => {
  const storage = createStorage();
  open(storage, "1").design.change(B);
  const after = open(storage, "2");
  after.design.change(C);
  expect(after.offer.get()).toEqual(B);
  after.offer.forget();
  expect(open(storage, "3").offer.get()).toEqual(C);
});

test("the views hear when an offer is taken", () => {
  const storage = createStorage();
  open(storage, "1").design.change(B);
  const { offer } = open(storage, "2");
  const heard = vi.fn();
  const stop = offer.subscribe(heard);
  offer.restore();
  expect(heard).toHaveBeenCalled();
  stop();
});

test("a file keeps the drawing, so the page keeps nothing", () => {
  const storage = createStorage();
  open(storage, "1", { place: "" }).design.change(B);
  expect(storage.length).toBe(0);
});

describe("where the browser keeps nothing, the drawing goes on", () => {
  const forbidden = () => {
    throw new DOMException("denied", "SecurityError");
  };
  const origin = { place: "cell", session: "1" };
  test.each([
    ["forbidden", forbidden],
    ["full", () => createStorage(10)],
    ["of another kind", () => ({}) as Storage],
    ["missing", () => undefined as unknown as Storage],
  ])("%s", (_, storage) => {
    const design = createDesign(A, vi.fn());
    const offer = keepDesign(design, createKeeper(storage, "/a.ipynb", origin));
    design.change(B);
    design.answered();
    expect(offer.get()).toBeNull();
    offer.forget();
    offer.restore();
    expect(design.get().history.present).toBe(B);
  });
});

test.each(["", "{", "5", "[]", '{"stack": 5}', '{"session": "x", "stack": [null, 5]}'])(
  "a kept %o breaks nothing",
  (text) => {
    const storage = createStorage();
    open(storage, "1").design.change(B);
    storage.setItem(storage.key(0) ?? "", text);
    const { offer, design } = open(storage, "2");
    expect(offer.get() === null || Array.isArray(offer.get())).toBe(true);
    offer.restore();
    expect(Array.isArray(design.get().history.present)).toBe(true);
  },
);

test("only the latest drawings are kept, and none that is too large", () => {
  const storage = createStorage();
  for (let n = 0; n < 40; n += 1) {
    vi.advanceTimersByTime(1000);
    open(storage, "1", { place: `cell ${n}` }).design.change(B);
  }
  expect(storage.length).toBeLessThan(20);
  expect(open(storage, "2", { place: "cell 39" }).offer.get()).toEqual(B);
  expect(open(storage, "2", { place: "cell 0" }).offer.get()).toBeNull();
  const large = Array.from({ length: 50_000 }, (_, n) => node("linear", `a layer with a long name ${n}`));
  const editor = open(storage, "1", { place: "cell 39" });
  editor.design.change(large);
  expect(open(storage, "2", { place: "cell 39" }).offer.get()).toBeNull(); // neither it nor the one before it
});

test.each([undefined, null, 5, "x", [], {}, { place: 5, session: "x" }])("%o is no origin", (value) => {
  expect(readOrigin(value)).toEqual({ place: "", session: "" });
});
