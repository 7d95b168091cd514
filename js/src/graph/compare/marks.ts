import type { Comparison, DifferenceRow } from "../../wire/readComparison";
import type { Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import type { Mark } from "../drawing/nodeTypes";

type Side = "own" | "other";

/** What the cards of a design say about how it differs from the one beside it, by their keys. */
export function marksOf(comparison: Comparison | null, side: Side, texts: Texts): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const row of comparison?.rows ?? []) {
    const key = row[side];
    if (key !== null && row.kind !== "same") {
      marks.set(key, { kind: row.kind, words: markWords(row, comparison?.name ?? "", texts) });
    }
  }
  return marks;
}

/** A difference in words, which alone say what its sign says. */
export function markWords({ kind, words }: DifferenceRow, name: string, texts: Texts): string {
  const said = words.join("; ");
  if (kind === "changed" && said !== "") return said;
  const what = fill(texts[`mark_${kind}`], { name });
  return said === "" ? what : `${what}; ${said}`;
}

/** From the layers of one design to those of the other that answer to them. */
export function counterparts(comparison: Comparison | null, from: Side): ReadonlyMap<string, string> {
  const to = from === "own" ? "other" : "own";
  return new Map(
    (comparison?.rows ?? []).flatMap((row): [string, string][] => {
      const [here, there] = [row[from], row[to]];
      return here === null || there === null ? [] : [[here, there]];
    }),
  );
}
