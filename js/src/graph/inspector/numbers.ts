/**
 * Reads what was typed into a number field. What is no number stays text: Python then says what is wrong with it, and
 * nothing that was typed is lost.
 */
export function readNumber(text: string, empty: null | undefined): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return empty;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

/** A number field's text for a value. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The next number for an arrow key. */
export function stepped(value: unknown, by: number, min: number | undefined, max: number | undefined): number {
  const next = (typeof value === "number" ? value : (min ?? 0)) + by;
  return Math.min(Math.max(next, min ?? Number.NEGATIVE_INFINITY), max ?? Number.POSITIVE_INFINITY);
}
