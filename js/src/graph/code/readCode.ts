import { isRecord } from "../../wire/readStack";
import type { LayerLines, Lines, Span } from "./layerLines";

/** Python's answer to the question for the code. */
export interface CodeAnswer {
  readonly text: string;
  readonly lines: LayerLines;
}

export function readCode(value: unknown): CodeAnswer {
  const answer = isRecord(value) ? value : { text: value };
  const text = typeof answer.text === "string" ? answer.text : "";
  const count = text.split("\n").length;
  const layers = isRecord(answer.lines) ? Object.entries(answer.lines) : [];
  return { text, lines: new Map(layers.map(([id, lines]) => [id, readLines(lines, count)])) };
}

function readLines(value: unknown, count: number): Lines {
  const { own, related } = isRecord(value) ? value : {};
  return { own: readSpans(own, count), related: readSpans(related, count) };
}

function readSpans(value: unknown, count: number): Span[] {
  return Array.isArray(value) ? value.filter((span): span is Span => isSpan(span, count)) : [];
}

function isSpan(value: unknown, count: number): boolean {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isSafeInteger)) return false;
  const [first, last] = value;
  return 1 <= first && first <= last && last <= count;
}
