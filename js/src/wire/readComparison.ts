import { isRecord } from "./readStack";

export type DifferenceKind = "same" | "changed" | "removed" | "added" | "moved";

/** One layer of either design, or one of each that answer to each other, by their keys in the drawings. */
export interface DifferenceRow {
  readonly kind: DifferenceKind;
  /** In the other design; null for what is only in the one that is drawn. */
  readonly other: string | null;
  readonly own: string | null;
  /** What changed, a phrase for each field. */
  readonly words: readonly string[];
  /** Whether it comes or goes with the block around it. */
  readonly isPart: boolean;
}

/** Another design beside the one that is drawn, and what differs between the two, as Python found it. */
export interface Comparison {
  readonly name: string;
  /** The other design and what is known about it, yet to be read. */
  readonly stack: unknown;
  readonly analysis: unknown;
  readonly rows: readonly DifferenceRow[];
  /** What differs of the designs as wholes, a phrase for each. */
  readonly totals: readonly string[];
  /** Why they could not be compared. */
  readonly trouble: string;
}

const KINDS: ReadonlySet<unknown> = new Set(["same", "changed", "removed", "added", "moved"]);

/** The trait `comparison`; null while nothing is compared. */
export function readComparison(value: unknown): Comparison | null {
  if (!isRecord(value) || !Array.isArray(value.layer_stack)) return null;
  const { layers, totals } = isRecord(value.difference) ? value.difference : {};
  return {
    name: String(value.name ?? ""),
    stack: value.layer_stack,
    analysis: value.analysis,
    rows: Array.isArray(layers) ? layers.filter(isRecord).flatMap(readRow) : [],
    totals: Array.isArray(totals) ? totals.filter(isRecord).map(({ words }) => String(words ?? "")) : [],
    trouble: typeof value.trouble === "string" ? value.trouble : "",
  };
}

function readRow({ kind, a, b, words, part }: Record<string, unknown>): DifferenceRow[] {
  if (!KINDS.has(kind)) return [];
  return [
    {
      kind: kind as DifferenceKind,
      other: typeof a === "string" ? a : null,
      own: typeof b === "string" ? b : null,
      words: Array.isArray(words) ? words.map(String) : [],
      isPart: part === true,
    },
  ];
}
