import { expect, test } from "vitest";
import { record, redo, settle, startHistory, undo } from "../src/graph/stack/history";
import { node } from "./stacks";

const A = [node("linear", "a")];
const B = [node("linear", "b")];
const C = [node("linear", "c")];

test("changes of one step are undone together", () => {
  const history = record(record(startHistory(A), B, "a.numHeads"), C, "a.numHeads");
  expect(undo(history).present).toBe(A);
});

test("a settled step is undone by itself", () => {
  const history = record(settle(record(startHistory(A), B, "a.numHeads")), C, "a.numHeads");
  expect(undo(history).present).toBe(B);
});

test("a change after an undo forgets what was undone", () => {
  const history = record(undo(record(startHistory(A), B)), C);
  expect(redo(history)).toBe(history);
  expect(undo(history).present).toBe(A);
});

test("typing after an undo starts a step of its own", () => {
  const undone = undo(record(record(startHistory(A), B, "x"), C, "y"));
  expect(undo(record(undone, A, "x")).present).toBe(B);
});

test("undo and redo are told apart from edits, so that a form can drop its draft", () => {
  const history = record(startHistory(A), B);
  expect(history.jumps).toBe(0);
  expect(redo(undo(history)).jumps).toBe(2);
});
