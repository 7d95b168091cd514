import { type PointerEvent, useMemo } from "react";
import type { Analysis, Palette, Texts } from "../../wire/types";
import { cardFacts } from "../drawing/cardFacts";
import { cardNode } from "../drawing/cardNodes";
import type { Layout } from "../drawing/layout";
import type { CardNode } from "../drawing/nodeTypes";
import type { OnHeight } from "../drawing/useHeights";
import type { Item } from "../stack/outline";
import type { ProblemsById } from "../stack/problems";
import { useStable } from "./useStable";

interface Options {
  readonly layout: Layout;
  readonly palette: Palette;
  readonly analysis: Analysis;
  readonly problems: ProblemsById;
  readonly texts: Texts;
  readonly jumps: number;
  readonly selected: Item | null;
  readonly dragged: Item | null;
  /** The card that a wire would go to. */
  readonly target: Item | null;
  readonly domId: (key: string) => string;
  readonly onHeight: OnHeight;
  readonly onGrab: (item: Item, event: PointerEvent) => void;
  readonly onField: (item: Item, name: string, value: unknown) => void;
  readonly onSettle: () => void;
}

/** The nodes for React Flow: where each card stands and what is written on it. */
export function useCards(options: Options): CardNode[] {
  const { layout, palette, analysis, problems, texts, jumps, selected, dragged, target, domId, onHeight } = options;
  const onGrab = useStable(options.onGrab);
  const onField = useStable(options.onField);
  const onSettle = useStable(options.onSettle);
  return useMemo(() => {
    return layout.placed.map((place) => {
      const { item, depth } = place;
      const facts = cardFacts(item, { palette, analysis, problems, texts });
      return cardNode(place, {
        item,
        facts,
        depth,
        jumps,
        domId: domId(item.key),
        isSelected: item.key === selected?.key,
        isDragged: item.key === dragged?.key,
        isTarget: item.key === target?.key,
        emptyText: texts.empty_block ?? "",
        onHeight,
        onGrab,
        onField,
        onSettle,
      });
    });
  }, [
    layout,
    palette,
    analysis,
    problems,
    texts,
    jumps,
    selected,
    dragged,
    target,
    domId,
    onHeight,
    onGrab,
    onField,
    onSettle,
  ]);
}
