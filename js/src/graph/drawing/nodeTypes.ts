import type { Node } from "@xyflow/react";
import type { PointerEvent } from "react";
import type { Item } from "../stack/outline";
import type { CardFacts } from "./cardFacts";
import type { OnHeight } from "./useHeights";

/** What React Flow hands to our cards and frames. */
export interface CardData extends Record<string, unknown> {
  readonly item: Item;
  readonly facts: CardFacts;
  readonly depth: number;
  readonly domId: string;
  readonly isSelected: boolean;
  readonly isDragged: boolean;
  /** Whether a wire would go here if it were let go now. */
  readonly isTarget: boolean;
  readonly emptyText: string;
  readonly onHeight: OnHeight;
  readonly onGrab: (item: Item, event: PointerEvent) => void;
  readonly onField: (item: Item, name: string, value: unknown) => void;
  readonly onSettle: () => void;
  readonly jumps: number;
}

export type CardNode = Node<CardData, "card" | "frame">;
