import type { Node } from "@xyflow/react";
import type { PointerEvent } from "react";
import type { Texts } from "../../wire/types";
import type { Item } from "../stack/outline";
import type { CardFacts } from "./cardFacts";
import type { OnHeight } from "./useHeights";

/** What a comparison says about a card. */
export interface Mark {
  readonly kind: "added" | "removed" | "changed" | "moved";
  readonly words: string;
}

/** What React Flow hands to our cards and frames. */
export interface CardData extends Record<string, unknown> {
  readonly item: Item;
  readonly facts: CardFacts;
  readonly depth: number;
  readonly domId: string;
  readonly isSelected: boolean;
  readonly isFolded: boolean;
  readonly isLocked: boolean;
  readonly isDragged: boolean;
  /** Whether it cannot take the wire that is being drawn. */
  readonly isDimmed: boolean;
  /** Whether a wire would go here if it were let go now. */
  readonly isTarget: boolean;
  readonly texts: Texts;
  /** How it differs from the design beside it. */
  readonly mark: Mark | null;
  readonly onHeight: OnHeight;
  readonly onGrab: (item: Item, event: PointerEvent) => void;
  readonly onField: (item: Item, name: string, value: unknown) => void;
  readonly onSettle: () => void;
  readonly onFold: (key: string) => void;
  readonly jumps: number;
}

export type CardNode = Node<CardData, "card" | "frame">;
