import type { Shape } from "../../wire/types";

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });

/** 12,345 */
export function formatCount(value: number | null): string {
  return value === null ? "–" : COUNT.format(value);
}

const FEW_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** 12.3 MFLOPs */
export function formatFlops(value: number | null): string {
  return value === null ? "–" : withPrefix(value, 1000, ["", "k", "M", "G", "T", "P", "E", "Z", "Y"], "FLOPs");
}

/** 1.2 GiB */
export function formatBytes(value: number | null): string {
  return value === null ? "–" : withPrefix(value, 1024, ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"], "B");
}

function withPrefix(value: number, base: number, prefixes: readonly string[], unit: string): string {
  let rest = value;
  let power = 0;
  // Three digits: what would be rounded to a thousand is one of the next.
  for (; rest >= 999.5 && power < prefixes.length - 1; power += 1) rest /= base;
  return `${FEW_DIGITS.format(rest)} ${prefixes[power]}${unit}`;
}

/** 31%; below one per cent with a digit more. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  return `${percent >= 0.95 ? Math.round(percent) : percent.toFixed(1)}%`;
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
