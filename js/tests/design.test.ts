import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDesign, type Send } from "../src/graph/editor/design";
import type { LayerStack } from "../src/wire/types";
import { node } from "./stacks";

const A = [node("linear", "a")];
const B = [node("linear", "b")];
const C = [node("linear", "c")];
const D = [node("linear", "d")];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A design, and what it sent. */
function start() {
  const sent: LayerStack[] = [];
  const editions: string[] = [];
  const send: Send = (stack, edition) => {
    sent.push(stack);
    editions.push(edition);
  };
  return { design: createDesign(A, send), sent, editions };
}

test("a gesture is sent at once, typing when it pauses", () => {
  const { design, sent } = start();
  design.change(B);
  expect(sent).toEqual([B]);
  design.change(A, "typing");
  design.change(C, "typing");
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([B, C]);
});

test("leaving a field sends what was typed without waiting", () => {
  const { design, sent } = start();
  design.change(B, "typing");
  design.settle();
  expect(sent).toEqual([B]);
  vi.advanceTimersByTime(1000);
  expect(sent).toHaveLength(1);
});

test("undo sends only what it comes back to", () => {
  const { design, sent } = start();
  design.change(B, "typing");
  design.undo();
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([A]);
});

test("what Python assigns is shown, not sent back, and can be undone", () => {
  const { design, sent } = start();
  design.change(B, "typing");
  design.receive(C);
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
  expect(design.get().history.present).toBe(C);
  design.undo();
  expect(sent).toEqual([B]);
});

test("an echo of what is shown already is no change", () => {
  const { design } = start();
  design.change(B);
  const before = design.get();
  design.receive(structuredClone(B));
  expect(design.get()).toBe(before);
});

test("it is checking from a change until the answer, and during typing until the answer to the last of it", () => {
  const { design } = start();
  expect(design.get().isChecking).toBe(false);
  design.change(B, "typing");
  design.answered();
  expect(design.get().isChecking).toBe(true);
  vi.advanceTimersByTime(1000);
  design.answered();
  expect(design.get().isChecking).toBe(false);
});

test("an answer to an earlier change, or to another page's, does not end the waiting", () => {
  const { design, editions } = start();
  design.change(B);
  design.change(C);
  expect(new Set(editions).size).toBe(2);
  for (const other of [editions[0], "other-page-2"]) {
    design.answered(other);
    expect(design.get().isChecking).toBe(true);
  }
  design.answered(editions[1]);
  expect(design.get().isChecking).toBe(false);
});

test("two pages never name their designs alike", () => {
  const [one, other] = [start(), start()];
  one.design.change(B);
  other.design.change(B);
  expect(one.editions).not.toEqual(other.editions);
});

test("a refused change leaves no step to undo or redo, and forms forget what was typed", () => {
  const { design, sent, editions } = start();
  design.change(B);
  design.answered(editions[0]);
  design.change(C);
  design.change(D); // made before the refusal of C arrived
  const { jumps } = design.get().history;
  design.receive(structuredClone(B));
  const { history } = design.get();
  expect(history.present).toEqual(B);
  expect(history.future).toBeNull();
  expect(history.jumps).toBeGreaterThan(jumps);
  expect(sent).toEqual([B, C, D]);
  design.undo();
  expect(design.get().history.present).toBe(A);
});

test("a refused undo leaves no step either: what could be done again still can, and undo goes on behind it", () => {
  const { design, editions } = start();
  for (const stack of [B, C, D]) design.change(stack);
  design.undo();
  design.answered(editions.at(-1));
  design.undo(); // to B, which Python refuses: it holds C
  design.receive(structuredClone(C));
  expect(design.get().history.present).toEqual(C);
  design.redo();
  expect(design.get().history.present).toBe(D);
  design.undo();
  design.undo();
  expect(design.get().history.present).toBe(A);
});

test("a refused redo goes back to where it began, and is no step any more", () => {
  const { design, editions } = start();
  design.change(B);
  design.undo();
  design.answered(editions.at(-1));
  design.redo();
  design.receive(structuredClone(A));
  expect(design.get().history).toMatchObject({ present: A, past: null, future: null });
});

test("what Python assigns while nothing is being checked is always a step of its own", () => {
  const { design, editions } = start();
  design.change(B);
  design.answered(editions[0]);
  design.receive(structuredClone(A));
  design.undo();
  expect(design.get().history.present).toBe(B);
});

test("a change that the kernel dealt with and nobody answered was not heard, until somebody answers", () => {
  const { design, editions } = start();
  design.change(B);
  design.handled(editions[0] ?? "");
  expect(design.get().isUnheard).toBe(false);
  vi.advanceTimersByTime(5000);
  expect(design.get().isUnheard).toBe(true);
  design.answered("of another page");
  expect(design.get().isUnheard).toBe(false);
});

test("a channel that is cut is told at once, and an answer tells that it is joined again", () => {
  const { design } = start();
  design.cut();
  expect(design.get().isUnheard).toBe(true);
  design.answered("any");
  expect(design.get().isUnheard).toBe(false);
});

test("a change that is answered in time, or followed by another one, was heard", () => {
  const { design, editions } = start();
  design.change(B);
  design.handled(editions[0] ?? "");
  design.answered(editions[0]);
  vi.advanceTimersByTime(5000);
  expect(design.get().isUnheard).toBe(false);
  design.change(C);
  design.handled(editions[1] ?? "");
  design.change(D);
  vi.advanceTimersByTime(5000);
  expect(design.get().isUnheard).toBe(false);
});
