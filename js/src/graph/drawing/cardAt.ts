import type { Placed } from "./layout";

const HEADER = 40;

/** The card under a point of the drawing, or the block whose header is there. */
export function cardAt(placed: readonly Placed[], x: number, y: number): Placed | null {
  const isOver = ({ item, ...box }: Placed) => {
    const height = item.isBlock ? Math.min(HEADER, box.height) : box.height;
    return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + height;
  };
  return placed.findLast(isOver) ?? null; // what stands in a frame comes after it
}
