import type { Shape } from "../../wire/types";

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });

/** 12,345 */
export function formatCount(value: number | null): string {
  return value === null ? "–" : COUNT.format(value);
}

/** B × T × 64 */
export function formatShape(shape: Shape | null): string {
  return shape?.map((size) => (typeof size === "number" ? formatCount(size) : String(size))).join(" × ") ?? "";
}

/** Puts values into a text of Python's: fill("{n} problems", {n: 2}). */
export function fill(text: string | undefined, values: Readonly<Record<string, string | number>>): string {
  return (text ?? "").replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}
