// SVG paths of the wires. Tips are drawn as paths of their own: a marker would need an id that is unique on the page.

import type { Arc } from "./arcs";
import { CARD_WIDTH, GAP, type Line } from "./layout";

const ROUND = 8;
const TIP = 6;
const MIDDLE = CARD_WIDTH / 2;
const STOP = 6;
const DOT = 3.5;

export interface WirePath {
  readonly path: string;
  readonly tip: string;
  /** Where words beside it begin. */
  readonly words: { readonly x: number; readonly y: number; readonly isUpright: boolean };
}

export function linePath({ fromY, toY, end, isEntry }: Line): WirePath {
  const words = { x: MIDDLE + 8, y: (fromY + toY) / 2, isUpright: true };
  if (end === "stop")
    return { path: `M ${MIDDLE} ${fromY} V ${toY} M ${MIDDLE - STOP} ${toY} h ${2 * STOP}`, tip: "", words };
  const dot = `M ${MIDDLE - DOT} ${fromY} a ${DOT} ${DOT} 0 1 0 ${2 * DOT} 0 a ${DOT} ${DOT} 0 1 0 ${-2 * DOT} 0 z`;
  return {
    path: `M ${MIDDLE} ${fromY} V ${end === "tip" ? toY - TIP : toY}`,
    tip: [isEntry ? dot : "", end === "tip" ? tipDown(toY) : ""].join(" "),
    words,
  };
}

const tipDown = (y: number) => `M ${MIDDLE} ${y} l -4 ${-TIP} h 8 z`;

/** From the line in the column's middle out to the lane, down, and back to the card. */
export function arcPath(arc: Arc): WirePath {
  return arc.side === "left" ? inputPath(arc) : sidePath(arc);
}

/** Back to the card's right side. */
function sidePath({ fromY, toY, lane }: Arc): WirePath {
  const r = Math.min(ROUND, (toY - fromY) / 2);
  return {
    path: [
      `M ${MIDDLE} ${fromY} H ${lane - r} Q ${lane} ${fromY} ${lane} ${fromY + r}`,
      `V ${toY - r} Q ${lane} ${toY} ${lane - r} ${toY} H ${CARD_WIDTH + TIP}`,
    ].join(" "),
    tip: `M ${CARD_WIDTH} ${toY} l ${TIP} -4 v 8 z`,
    words: { x: lane, y: (fromY + toY) / 2, isUpright: false },
  };
}

/** Back to the column's middle, and into the card from above. */
function inputPath({ fromY, toY, lane }: Arc): WirePath {
  const r = Math.min(ROUND, (toY - fromY) / 2);
  const top = toY + GAP / 2;
  return {
    path: [
      `M ${MIDDLE} ${fromY} H ${lane + r} Q ${lane} ${fromY} ${lane} ${fromY + r}`,
      `V ${toY - r} Q ${lane} ${toY} ${lane + r} ${toY} H ${MIDDLE - 5} Q ${MIDDLE} ${toY} ${MIDDLE} ${toY + 5}`,
      `V ${top - TIP}`,
    ].join(" "),
    tip: tipDown(top),
    words: { x: lane, y: (fromY + toY) / 2, isUpright: false },
  };
}
