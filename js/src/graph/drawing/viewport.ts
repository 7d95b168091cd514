import type { Box } from "./layout";

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MARGIN = 16;
/** Below this, words on the cards are hard to read. */
export const LEGIBLE = 0.75;
export const SMALLEST = 0.1;

/** Shows the whole drawing if it need not be smaller than `smallest` for that, else its top; never larger than life. */
export function fitted(box: Box, pane: Size, smallest: number): Viewport {
  const wide = (pane.width - 2 * MARGIN) / Math.max(box.width, 1);
  const high = (pane.height - 2 * MARGIN) / Math.max(box.height, 1);
  const zoom = Math.min(1, wide, Math.max(high, Math.min(smallest, wide)));
  return { zoom, x: (pane.width - box.width * zoom) / 2 - box.x * zoom, y: MARGIN - box.y * zoom };
}

/** Moves the view up (dy < 0) or down, no further than it takes to see the first or the last of the drawing. */
export function panned(box: Box, view: Viewport, pane: Size, dy: number): Viewport {
  const hiddenAbove = Math.max(0, MARGIN - (box.y * view.zoom + view.y));
  const hiddenBelow = Math.max(0, (box.y + box.height) * view.zoom + view.y - (pane.height - MARGIN));
  return { ...view, y: view.y + Math.min(Math.max(dy, -hiddenBelow), hiddenAbove) };
}

/** Moves the view up or down by no more than it takes to see a box; null where it is seen already. */
export function revealed(box: Box, view: Viewport, pane: Size): Viewport | null {
  const top = box.y * view.zoom + view.y;
  const bottom = top + Math.min(box.height * view.zoom, pane.height - 2 * MARGIN);
  if (top < MARGIN) return { ...view, y: view.y + MARGIN - top };
  const below = bottom - (pane.height - MARGIN);
  return below > 0 ? { ...view, y: view.y - below } : null;
}
