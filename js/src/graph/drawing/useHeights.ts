import { useCallback, useState } from "react";

export type OnHeight = (key: string, height: number) => void;

/** Remembers how high each card turned out to be: words wrap, so only the page can tell. */
export function useHeights(): [ReadonlyMap<string, number>, OnHeight] {
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map());
  const onHeight = useCallback((key: string, height: number) => {
    // Zero is a hidden page, not a flat card.
    setHeights((known) => (height === 0 || known.get(key) === height ? known : new Map(known).set(key, height)));
  }, []);
  return [heights, onHeight];
}
