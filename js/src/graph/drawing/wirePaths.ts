// SVG paths of the wires. Tips are drawn as paths of their own: a marker would need an id that is unique on the page.

import type { Arc } from "./arcs";
import { CARD_WIDTH, type Line } from "./layout";

const ROUND = 8;
const TIP = 6;
const MIDDLE = CARD_WIDTH / 2;

export interface WirePath {
  readonly path: string;
  readonly tip: string;
}

export function linePath({ fromY, toY, hasTip }: Line): WirePath {
  return {
    path: `M ${MIDDLE} ${fromY} V ${hasTip ? toY - TIP : toY}`,
    tip: hasTip ? `M ${MIDDLE} ${toY} l -4 ${-TIP} h 8 z` : "",
  };
}

/** From the line in the column's middle out to the lane, down, and back to the card's right side. */
export function arcPath({ fromY, toY, lane }: Arc): WirePath {
  const r = Math.min(ROUND, (toY - fromY) / 2);
  return {
    path: [
      `M ${MIDDLE} ${fromY} H ${lane - r} Q ${lane} ${fromY} ${lane} ${fromY + r}`,
      `V ${toY - r} Q ${lane} ${toY} ${lane - r} ${toY} H ${CARD_WIDTH + TIP}`,
    ].join(" "),
    tip: `M ${CARD_WIDTH} ${toY} l ${TIP} -4 v 8 z`,
  };
}
