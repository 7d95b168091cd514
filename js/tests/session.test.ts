import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDesign } from "../src/graph/editor/design";
import { createKeeper, type KeptDesign } from "../src/graph/session/keeper";
import { keepDesign } from "../src/graph/session/keeping";
import { readOrigin } from "../src/wire/readOrigin";
import type { LayerStack } from "../src/wire/types";
import { node } from "./stacks";

const A = [node("linear", "a")];
const B = [node("linear", "b")];
const C = [node("linear", "c")];
const CONFIG = { name: "mine" };

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
  const drawn: KeptDesign[] = [];
  const offer = keepDesign(design, {
    keeper: createKeeper(() => storage, page, { place, session }),
    config: () => CONFIG,
    draw: async (kept) => {
      drawn.push(kept);
      design.change(kept.stack);
    },
  });
  return { design, offer, drawn, answer: () => design.answered(sent.at(-1)), found: () => offer.get()?.stack ?? null };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("after a restart the cell's new editor offers the drawing, and restoring it is one step", async () => {
  const storage = createStorage();
  const before = open(storage, "kernel 1");
  before.design.change(B);
  before.answer();
  before.design.change(C);
  before.answer();
  const after = open(storage, "kernel 2");
  expect(after.offer.get()).toEqual({ stack: C, config: CONFIG });
  await after.offer.restore();
  expect(after.offer.get()).toBeNull();
  expect(after.drawn).toEqual([{ stack: C, config: CONFIG }]);
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
  expect(open(storage, "4").found()).toEqual(B);
});

test("what a busy kernel never received is offered when the page is reloaded", () => {
  const storage = createStorage();
  const before = open(storage, "1");
  before.design.change(B);
  expect(open(storage, "1").found()).toEqual(B);
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
  expect(after.found()).toEqual(B);
  after.offer.forget();
  expect(open(storage, "3").found()).toEqual(C);
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

test("what has no place is not kept", () => {
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
    const draw = async () => design.change(C);
    const offer = keepDesign(design, { keeper: createKeeper(storage, "/a.ipynb", origin), config: () => ({}), draw });
    design.change(B);
    design.answered();
    expect(offer.get()).toBeNull();
    offer.forget();
    offer.restore();
    expect(design.get().history.present).toBe(B);
  });
});

const NAMELESS = [null, 5].map((layer) => ({ type: String(layer), data: {} }));

test.each<[string, LayerStack | null]>([
  ...["", "{", "5", "[]", "5 5", '1 {"stack":5}'].map((text): [string, null] => [text, null]),
  ['1 {"session":"x","stack":[null,5],"config":7}', NAMELESS],
])("a kept %o breaks nothing", async (text, stack) => {
  const storage = createStorage();
  open(storage, "1").design.change(B);
  storage.setItem(storage.key(0) ?? "", text);
  const { offer, design, found } = open(storage, "2");
  expect(found()).toEqual(stack);
  await offer.restore();
  expect(design.get().history.present).toEqual(stack ?? A);
});

test("only the latest drawings are kept, and none that is too large", () => {
  const storage = createStorage();
  for (let n = 0; n < 40; n += 1) {
    vi.advanceTimersByTime(1000);
    open(storage, "1", { place: `cell ${n}` }).design.change(B);
  }
  expect(storage.length).toBeLessThan(20);
  expect(open(storage, "2", { place: "cell 39" }).found()).toEqual(B);
  expect(open(storage, "2", { place: "cell 0" }).offer.get()).toBeNull();
  const large = Array.from({ length: 50_000 }, (_, n) => node("linear", `a layer with a long name ${n}`));
  const editor = open(storage, "1", { place: "cell 39" });
  editor.design.change(large);
  expect(open(storage, "2", { place: "cell 39" }).offer.get()).toBeNull(); // neither it nor the one before it
});

test("a tab of few drawings is not read through at every gesture", () => {
  const storage = createStorage();
  for (let n = 0; n < 5; n += 1) open(storage, "1", { place: `cell ${n}` }).design.change(B);
  const { design } = open(storage, "1");
  const read = vi.spyOn(storage, "getItem");
  design.change(C);
  expect(read).not.toHaveBeenCalled();
});

test("a drawing that is being restored is restored once, and offered until it is", async () => {
  const storage = createStorage();
  open(storage, "1").design.change(B);
  const design = createDesign(A, vi.fn());
  const draw = vi.fn(async () => design.change(B));
  const keeper = createKeeper(() => storage, "/a.ipynb", { place: "cell", session: "2" });
  const offer = keepDesign(design, { keeper, config: () => ({}), draw });
  await Promise.all([offer.restore(), offer.restore()]);
  await offer.restore();
  expect(draw).toHaveBeenCalledTimes(1);
  expect(offer.get()).toBeNull();
});

test.each([undefined, null, 5, "x", [], {}, { place: 5, session: "x" }])("%o is no origin", (value) => {
  expect(readOrigin(value)).toEqual({ place: "", session: "" });
});
