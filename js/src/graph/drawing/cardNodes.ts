import type { Placed } from "./layout";
import { LEVELS } from "./levels";
import type { CardData, CardNode } from "./nodeTypes";

/** React Flow's wrapper says nothing to a screen reader; the card in it does. */
const PLAIN = { "aria-roledescription": undefined };

/** One placed item as a node of React Flow, with the size that it would otherwise have to measure. */
export function cardNode(place: Placed, data: CardData): CardNode {
  const { item, depth, isFolded, x, y, width, height } = place;
  const isFrame = item.isBlock && !isFolded;
  return {
    id: item.key,
    type: isFrame ? "frame" : "card",
    position: { x, y },
    width,
    height,
    // Without these two, React Flow draws every node that is new to it once, seen or not, to measure it and its handles.
    measured: { width, height },
    handles: [],
    zIndex: isFrame ? LEVELS.frame + depth : LEVELS.card,
    className: "nopan",
    domAttributes: PLAIN,
    data,
  };
}
