import { useCallback, useMemo } from "react";
import { flatten, type Item } from "../stack/outline";
import { isWithin } from "../stack/path";

export interface Folding {
  readonly folded: ReadonlySet<string>;
  /** Shows or hides what is in a block. */
  readonly toggle: (key: string) => void;
  readonly foldAll: () => void;
  readonly unfoldAll: () => void;
  /** Opens the blocks around an item, so that it can be seen. */
  readonly uncover: (item: Item) => void;
}

/** Which blocks are drawn as one card. They are named, so that a block stays folded wherever it moves. */
export function useFolding(
  items: readonly Item[],
  names: readonly string[],
  onFold: (names: readonly string[]) => void,
): Folding {
  const folded = useMemo(() => new Set(names), [names]);
  const toggle = useCallback(
    (key: string) => onFold(folded.has(key) ? names.filter((name) => name !== key) : [...names, key]),
    [folded, names, onFold],
  );
  const foldAll = useCallback(
    () => onFold(flatten(items).flatMap((item) => (item.isBlock && item.children.length > 0 ? [item.key] : []))),
    [items, onFold],
  );
  const unfoldAll = useCallback(() => onFold([]), [onFold]);
  const uncover = useCallback(
    ({ path }: Item) => {
      const around = flatten(items).filter((item) => item.path.length < path.length && isWithin(path, item.path));
      const hiding = new Set(around.map(({ key }) => key).filter((key) => folded.has(key)));
      if (hiding.size > 0) onFold(names.filter((name) => !hiding.has(name)));
    },
    [items, names, folded, onFold],
  );
  return { folded, toggle, foldAll, unfoldAll, uncover };
}
