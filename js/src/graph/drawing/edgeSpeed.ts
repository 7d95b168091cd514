const MARGIN = 36;
const FASTEST = 10;

/** How fast the view runs, in pixels a frame, while something is dragged near the upper or lower edge of the pane. */
export function edgeSpeed(y: number, top: number, bottom: number): number {
  if (y < top - MARGIN || y > bottom + MARGIN) return 0;
  const above = Math.max(0, top + MARGIN - y) / MARGIN;
  const below = Math.max(0, y - (bottom - MARGIN)) / MARGIN;
  return FASTEST * (Math.min(above, 1) - Math.min(below, 1));
}
