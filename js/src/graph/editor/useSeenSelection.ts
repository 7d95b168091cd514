import { useEffect } from "react";
import { blocksAround, type Item } from "../stack/outline";
import type { Selection } from "./useSelection";

/** What is folded away is not selected any more, the folded block is: nobody deletes what they cannot see. */
export function useSeenSelection(items: readonly Item[], folded: ReadonlySet<string>, selection: Selection): void {
  const { chosen, selectAll } = selection;
  useEffect(() => {
    const seen = chosen.map(({ key }) => blocksAround(items, key).find((block) => folded.has(block)) ?? key);
    if (seen.some((key, at) => key !== chosen[at]?.key)) selectAll([...new Set(seen)]);
  }, [items, folded, chosen, selectAll]);
}
