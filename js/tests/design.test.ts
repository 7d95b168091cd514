import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDesign } from "../src/graph/editor/design";
import { node } from "./stacks";

const A = [node("linear", "a")];
const B = [node("linear", "b")];
const C = [node("linear", "c")];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a gesture is sent at once, typing when it pauses", () => {
  const send = vi.fn();
  const design = createDesign(A, send);
  design.change(B);
  expect(send.mock.calls).toEqual([[B]]);
  design.change(A, "typing");
  design.change(C, "typing");
  expect(send).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(send.mock.calls).toEqual([[B], [C]]);
});

test("leaving a field sends what was typed without waiting", () => {
  const send = vi.fn();
  const design = createDesign(A, send);
  design.change(B, "typing");
  design.settle();
  expect(send.mock.calls).toEqual([[B]]);
  vi.advanceTimersByTime(1000);
  expect(send).toHaveBeenCalledTimes(1);
});

test("undo sends only what it comes back to", () => {
  const send = vi.fn();
  const design = createDesign(A, send);
  design.change(B, "typing");
  design.undo();
  vi.advanceTimersByTime(1000);
  expect(send.mock.calls).toEqual([[A]]);
});

test("what Python assigns is shown, not sent back, and can be undone", () => {
  const send = vi.fn();
  const design = createDesign(A, send);
  design.change(B, "typing");
  design.receive(C);
  vi.advanceTimersByTime(1000);
  expect(send).not.toHaveBeenCalled();
  expect(design.get().history.present).toBe(C);
  design.undo();
  expect(send.mock.calls).toEqual([[B]]);
});

test("an echo of what is shown already is no change", () => {
  const design = createDesign(A, vi.fn());
  design.change(B);
  const before = design.get();
  design.receive(structuredClone(B));
  expect(design.get()).toBe(before);
});

test("it is checking from a change until the answer, and during typing until the answer to the last of it", () => {
  const design = createDesign(A, vi.fn());
  expect(design.get().isChecking).toBe(false);
  design.change(B, "typing");
  design.answered();
  expect(design.get().isChecking).toBe(true);
  vi.advanceTimersByTime(1000);
  design.answered();
  expect(design.get().isChecking).toBe(false);
});
