// A design as a few coloured bars, from top to bottom, blocks as frames around theirs.

import type { Colour } from "../../wire/types";
import type { Bar } from "./answers";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
  /** Of a frame; null for a bar. */
  readonly repeats: number | null;
}

export const WIDTH = 72;
const BAR = 5;
const GAP = 2.5;
const PADDING = 4;
/** Beside the bars of a block that repeats, for "×12". */
const LABEL = 20;

export function sketchBoxes(bars: readonly Bar[]): { readonly boxes: readonly Box[]; readonly height: number } {
  const boxes: Box[] = [];
  let next = 0;
  /** Places the bars from here that lie at least so deep; tells where the last of them ends. */
  const place = (depth: number, x: number, width: number, top: number): number => {
    let y = top;
    for (let bar = bars[next]; bar !== undefined && bar.depth >= depth; bar = bars[next]) {
      next += 1;
      const { colour, repeats } = bar;
      const start = y === top ? y : y + GAP;
      if (repeats === null) {
        boxes.push({ x, y: start, width, height: BAR, colour, repeats });
        y = start + BAR;
        continue;
      }
      const frame = boxes.push({ x, y: start, width, height: 0, colour, repeats }) - 1;
      const inside = width - 2 * PADDING - (repeats > 1 ? LABEL : 0);
      const end = Math.max(place(bar.depth + 1, x + PADDING, inside, start + PADDING) + PADDING, start + 3 * PADDING);
      boxes[frame] = { x, y: start, width, height: end - start, colour, repeats };
      y = end;
    }
    return y;
  };
  return { boxes, height: place(0, 0, WIDTH, 0) };
}
