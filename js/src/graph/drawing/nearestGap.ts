import type { Gap } from "./layout";

/** The gap nearest to a point of the drawing, among those that take what is dragged. */
export function nearestGap(gaps: readonly Gap[], x: number, y: number, takes: (gap: Gap) => boolean): Gap | null {
  let best: Gap | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const gap of gaps) {
    if (!takes(gap)) continue;
    const beside = Math.max(gap.x - x, 0, x - gap.x - gap.width);
    const distance = Math.hypot(beside, gap.y - y);
    if (distance < least) [best, least] = [gap, distance];
  }
  return best;
}
