import { useCallback, useEffect, useRef } from "react";
import type { Layout } from "../drawing/layout";
import type { View } from "../drawing/useView";
import { useFieldFocus } from "../inspector/useFieldFocus";
import { idOf } from "../stack/ids";
import { flatten, type Item } from "../stack/outline";
import type { Folding } from "./useFolding";

interface Options {
  readonly lead: Item | null;
  readonly layout: Layout;
  readonly items: readonly Item[];
  readonly folding: Folding;
  readonly view: View;
  readonly onSelect: (key: string) => void;
}

/** Keeps what is selected in sight; `jump` goes to a layer by its id, and to a field of its form where one is named. */
export function useReveal({ lead, layout, items, folding, view, onSelect }: Options) {
  const { reveal } = view;
  const place = layout.placed.find(({ item }) => item.key === lead?.key);
  const latest = useRef(place);
  latest.current = place;
  const isShown = place !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection moves the view, not every new layout
  useEffect(() => {
    if (latest.current) reveal(latest.current);
  }, [lead?.key, isShown, reveal]);

  const { wish, ask } = useFieldFocus();
  const latestAsk = useRef(ask);
  latestAsk.current = ask;
  const jump = useCallback(
    (id: string, field: string | null) => {
      const item = flatten(items).find((candidate) => (idOf(candidate.node) ?? candidate.key) === id);
      if (!item) return;
      folding.uncover(item);
      onSelect(item.key);
      latestAsk.current(field);
    },
    [items, folding, onSelect],
  );
  return { wish, jump };
}
