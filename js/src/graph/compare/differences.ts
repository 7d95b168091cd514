import type { Comparison, DifferenceKind } from "../../wire/readComparison";
import type { LayerStack, Palette, Texts } from "../../wire/types";
import { nodeTitle } from "../drawing/summary";
import { flatten, type Item, outline } from "../stack/outline";
import { containerTest } from "../stack/paletteFacts";
import { markWords } from "./marks";

/** One line of the list of differences. */
export interface DifferenceLine {
  readonly kind: Exclude<DifferenceKind, "same">;
  readonly own: string | null;
  readonly other: string | null;
  readonly title: string;
  readonly id: string;
  readonly words: string;
}

interface Sources {
  readonly own: LayerStack;
  readonly other: LayerStack;
  readonly palette: Palette;
  readonly texts: Texts;
}

/** What differs, from top to bottom; what comes or goes with its block is told with the block. */
export function differenceLines(comparison: Comparison, { own, other, palette, texts }: Sources): DifferenceLine[] {
  const [ours, theirs] = [itemsByKey(own, palette), itemsByKey(other, palette)];
  return comparison.rows.flatMap((row) => {
    const { kind, isPart } = row;
    if (kind === "same" || isPart) return [];
    const item = ours.get(row.own ?? "") ?? theirs.get(row.other ?? "");
    const title = item ? nodeTitle(item.node, palette.get(item.node.type)) : "";
    const words = markWords(row, comparison.name, texts);
    return [{ kind, own: row.own, other: row.other, title, id: item?.key ?? row.own ?? row.other ?? "", words }];
  });
}

function itemsByKey(stack: LayerStack, palette: Palette): ReadonlyMap<string, Item> {
  return new Map(flatten(outline(stack, containerTest(palette))).map((item) => [item.key, item]));
}
