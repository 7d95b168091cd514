// Traits that hold a word, a list of names, a number: whatever else comes is none.

/** The height where none was said that could be drawn. */
const USUAL_HEIGHT_PX = 680;

export function readWords(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function readNames(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}

export function readHeight(value: unknown): number {
  return typeof value === "number" && value > 0 && value < 1e5 ? value : USUAL_HEIGHT_PX;
}
