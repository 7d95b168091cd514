import { useMemo } from "react";
import type { Palette } from "../../wire/types";
import type { Item } from "../stack/outline";
import { wireFields } from "../stack/paletteFacts";
import { isShort } from "./cardFacts";
import { layOut } from "./layout";
import { useHeights } from "./useHeights";

/** How high a card is taken to be until the page has measured it, which it does once the card is in sight. */
const USUAL_HEIGHT = { short: 32, long: 50 };

/** Where each item stands. */
export function useLayout(items: readonly Item[], palette: Palette, folded: ReadonlySet<string>) {
  const [heights, onHeight] = useHeights();
  const layout = useMemo(() => {
    const usual = ({ node }: Item) => USUAL_HEIGHT[isShort(palette.get(node.type)) ? "short" : "long"];
    return layOut(items, (item) => heights.get(item.key) ?? usual(item), wireFields(palette), folded);
  }, [items, heights, palette, folded]);
  return { layout, onHeight };
}
