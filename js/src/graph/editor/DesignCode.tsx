import { useCallback } from "react";
import type { Ask } from "../../wire/requests";
import type { Analysis, Palette, Texts } from "../../wire/types";
import { CodePane } from "../code/CodePane";
import { useCode } from "../code/useCode";
import { nodeTitle } from "../drawing/summary";
import { flatten, type Item } from "../stack/outline";

interface Props {
  readonly ask: Ask;
  readonly items: readonly Item[];
  readonly palette: Palette;
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (id: string) => void;
  readonly onWidth: (px: number) => void;
  readonly onClose: () => void;
}

/** The design as PyTorch, asked of Python and named after the layers of the drawing. */
export function DesignCode({ ask, items, palette, analysis, texts, selected, onSelect, onWidth, onClose }: Props) {
  const askCode = useCallback(() => ask("code"), [ask]);
  const code = useCode(true, askCode, analysis);
  const titleOf = useCallback(
    (id: string) => {
      const node = flatten(items).find(({ key }) => key === id)?.node;
      return node ? `${nodeTitle(node, palette.get(node.type))} (${id})` : id;
    },
    [items, palette],
  );
  return <CodePane {...{ code, texts, titleOf, onSelect, onWidth, onClose }} selectedIds={selected} />;
}
