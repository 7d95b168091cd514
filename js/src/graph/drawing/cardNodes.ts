import type { Placed } from "./layout";
import type { CardData, CardNode } from "./nodeTypes";
import { nodeLevel } from "./wires";

/** One placed item as a node of React Flow, with the size that it would otherwise have to measure. */
export function cardNode(place: Placed, data: CardData): CardNode {
  const { item, depth, x, y, width, height } = place;
  return {
    id: item.key,
    type: item.isBlock ? "frame" : "card",
    position: { x, y },
    width,
    height,
    zIndex: nodeLevel(depth),
    className: "nopan",
    data,
  };
}
