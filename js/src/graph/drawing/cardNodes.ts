import type { Placed } from "./layout";
import { LEVELS } from "./levels";
import type { CardData, CardNode } from "./nodeTypes";

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
    zIndex: isFrame ? LEVELS.frame + depth : LEVELS.card,
    className: "nopan",
    data,
  };
}
