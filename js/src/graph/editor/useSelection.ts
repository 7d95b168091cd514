import { useMemo, useState } from "react";
import { flatten, type Item } from "../stack/outline";

/** The selected item, by its key: it stays selected when it moves, and nothing is once it is gone. */
export function useSelection(items: readonly Item[]) {
  const [key, select] = useState<string | null>(null);
  const selected = useMemo(() => flatten(items).find((item) => item.key === key) ?? null, [items, key]);
  return { selected, select };
}
