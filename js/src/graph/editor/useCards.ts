import { type PointerEvent, useMemo, useRef } from "react";
import type { Analysis, Costs, Palette, Texts } from "../../wire/types";
import { type CardFacts, cardFacts } from "../drawing/cardFacts";
import { cardNode } from "../drawing/cardNodes";
import type { Layout } from "../drawing/layout";
import type { CardData, CardNode, Mark } from "../drawing/nodeTypes";
import type { OnHeight } from "../drawing/useHeights";
import type { Item } from "../stack/outline";
import type { ProblemsById } from "../stack/problems";
import { sameJson } from "../stack/sameJson";
import { useStable } from "./useStable";

interface Options {
  readonly layout: Layout;
  readonly palette: Palette;
  readonly analysis: Analysis;
  readonly costs?: Costs | undefined;
  readonly problems: ProblemsById;
  readonly texts: Texts;
  readonly jumps: number;
  readonly selected: ReadonlySet<string>;
  readonly dragged: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
  readonly marks: ReadonlyMap<string, Mark>;
  /** The card that a wire would go to. */
  readonly target: string | null;
  /** Whether a card cannot take the wire that is being drawn; null while none is. */
  readonly isDimmed: ((item: Item) => boolean) | null;
  readonly domId: (key: string) => string;
  readonly onHeight: OnHeight;
  readonly onGrab: (item: Item, event: PointerEvent) => void;
  readonly onField: (item: Item, name: string, value: unknown) => void;
  readonly onSettle: () => void;
  readonly onFold: (key: string) => void;
}

/** The nodes for React Flow: where each card stands and what is written on it. A card that says the same as before is the same. */
export function useCards(options: Options): CardNode[] {
  const { layout, palette, analysis, problems, texts, jumps, selected, dragged, locked, marks, target } = options;
  const { costs, isDimmed, domId, onHeight } = options;
  const [onGrab, onField] = [useStable(options.onGrab), useStable(options.onField)];
  const [onSettle, onFold] = [useStable(options.onSettle), useStable(options.onFold)];
  // They stay when only places change, as they do with every card that is measured.
  const factsOf = useMemo(() => {
    const found = new WeakMap<Item, CardFacts>();
    return (item: Item) => {
      const facts = found.get(item) ?? cardFacts(item, { palette, analysis, costs, problems, texts });
      found.set(item, facts);
      return facts;
    };
  }, [palette, analysis, costs, problems, texts]);
  const known = useRef<ReadonlyMap<string, CardNode>>(new Map());
  return useMemo(() => {
    const nodes = layout.placed.map((place) => {
      const { item, depth, isFolded } = place;
      const data: CardData = {
        ...{ item, depth, isFolded, texts, jumps, onHeight, onGrab, onField, onSettle, onFold },
        facts: factsOf(item),
        domId: domId(item.key),
        isSelected: selected.has(item.key),
        isDragged: dragged.has(item.key),
        isLocked: locked.has(item.key),
        isTarget: item.key === target,
        isDimmed: isDimmed?.(item) ?? false,
        mark: marks.get(item.key) ?? null,
      };
      return unchanged(known.current.get(item.key), cardNode(place, data));
    });
    known.current = new Map(nodes.map((node) => [node.id, node]));
    return nodes;
  }, [
    layout,
    factsOf,
    texts,
    jumps,
    selected,
    dragged,
    locked,
    marks,
    target,
    isDimmed,
    domId,
    onHeight,
    onGrab,
    onField,
    onSettle,
    onFold,
  ]);
}

/** The node as it was, where nothing about it is new: React Flow and React then leave its card alone. */
function unchanged(old: CardNode | undefined, node: CardNode): CardNode {
  if (!old) return node;
  const data = sameFacts(old.data, node.data) ? old.data : node.data;
  const isHere = old.position.x === node.position.x && old.position.y === node.position.y;
  const isAlike = isHere && old.width === node.width && old.height === node.height && old.type === node.type;
  return data === old.data && isAlike && old.zIndex === node.zIndex ? old : { ...node, data };
}

function sameFacts(a: CardData, b: CardData): boolean {
  return Object.keys(b).every(
    (name) => Object.is(a[name], b[name]) || (name === "facts" && sameWords(a.facts, b.facts)),
  );
}

/** Facts are words and numbers, but for a few small objects. */
function sameWords(a: CardFacts, b: CardFacts): boolean {
  return (Object.keys(b) as (keyof CardFacts)[]).every((name) => sameJson(a[name], b[name]));
}
