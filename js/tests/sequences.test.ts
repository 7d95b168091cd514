import fc from "fast-check";
import { expect, test } from "vitest";
import { record, redo, startHistory, undo } from "../src/graph/stack/history";
import { readStack } from "../src/wire/readStack";
import { anyGesture, GPT, ids } from "./stacks";

const gestures = fc.array(anyGesture, { maxLength: 40 });

test("any sequence of gestures leaves a well-formed stack whose ids are unique", () => {
  fc.assert(
    fc.property(gestures, (sequence) => {
      const stack = sequence.reduce((current, gesture) => gesture(current), GPT);
      expect(readStack(JSON.parse(JSON.stringify(stack)))).toEqual(stack);
      const all = ids(stack);
      expect(all.every((id) => typeof id === "string" && id !== "")).toBe(true);
      expect(new Set(all).size).toBe(all.length);
    }),
  );
});

test("undo gives back each stack before, and redo each one after", () => {
  fc.assert(
    fc.property(gestures, (sequence) => {
      let history = startHistory(GPT);
      const shown = [GPT];
      for (const gesture of sequence) {
        const next = gesture(history.present);
        history = record(history, next);
        if (next !== shown.at(-1)) shown.push(next);
      }
      for (const stack of shown.toReversed()) {
        expect(history.present).toBe(stack);
        history = undo(history);
      }
      expect(undo(history)).toBe(history);
      for (const stack of shown) {
        expect(history.present).toBe(stack);
        history = redo(history);
      }
      expect(redo(history)).toBe(history);
    }),
  );
});
