import { useMemo } from "react";
import type { LayerStack, Palette } from "../../wire/types";
import { outline } from "../stack/outline";
import { containerTest, wireFields } from "../stack/paletteFacts";
import { layOut } from "./layout";
import { useHeights } from "./useHeights";

/** How high a card is taken to be until the page has measured it. */
const USUAL_HEIGHT = 48;

/** The stack as items, and where each of them stands. */
export function useLayout(stack: LayerStack, palette: Palette) {
  const [heights, onHeight] = useHeights();
  const items = useMemo(() => outline(stack, containerTest(palette)), [stack, palette]);
  const layout = useMemo(
    () => layOut(items, (item) => heights.get(item.key) ?? USUAL_HEIGHT, wireFields(palette)),
    [items, heights, palette],
  );
  return { items, layout, onHeight };
}
