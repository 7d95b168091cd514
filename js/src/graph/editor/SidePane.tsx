import type { Comparison } from "../../wire/readComparison";
import type { Ask } from "../../wire/requests";
import type { Analysis, LayerStack, Palette, Texts } from "../../wire/types";
import { ComparePane } from "../compare/ComparePane";
import type { Item } from "../stack/outline";
import { DesignCode } from "./DesignCode";
import type { Pane } from "./usePane";
import type { Selection } from "./useSelection";

interface Props {
  readonly pane: Pane;
  readonly comparison: Comparison | null;
  readonly ask: Ask;
  readonly stack: LayerStack;
  readonly items: readonly Item[];
  readonly palette: Palette;
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly selection: Selection;
  readonly onSelect: (id: string | null) => void;
  readonly onWidth: (px: number) => void;
  readonly onClose: () => void;
}

/** What stands beside the drawing while somebody wants to see it: its code, or another design. */
export function SidePane({ pane, comparison, selection, ...props }: Props) {
  if (pane === "code") return <DesignCode {...props} selected={selection.keys} />;
  return <ComparePane {...props} comparison={comparison} lead={selection.lead?.key ?? null} />;
}
