// Where everything stands. All cards share one column, x from 0 to CARD_WIDTH, however deep they lie; the frames of blocks
// grow outwards around them, and residuals run as arcs in lanes to the right of what they jump over.

import type { ReferenceFields } from "../stack/ids";
import type { Item } from "../stack/outline";
import { at, type Path } from "../stack/path";
import { type Arc, arcsOf, type Ports } from "./arcs";

export const CARD_WIDTH = 328;
export const GAP = 22;
const PADDING = 14;
const EMPTY_BLOCK = 62;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed extends Box {
  readonly item: Item;
  readonly depth: number;
}

/** A place where a node can be put: a horizontal line across the column. */
export interface Gap {
  readonly path: Path;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A piece of the line that the flow runs along, in the middle of the column. */
export interface Line {
  readonly key: string;
  readonly node: string;
  readonly fromY: number;
  readonly toY: number;
  readonly depth: number;
  /** Whether it leads to a node; the last one in a block ends at the frame. */
  readonly hasTip: boolean;
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly gaps: readonly Gap[];
  readonly lines: readonly Line[];
  readonly arcs: readonly Arc[];
  readonly box: Box;
}

/**
 * Draws the items from top to bottom.
 *
 * @param heightOf How high a card is, or the header of a block.
 */
export function layOut(items: readonly Item[], heightOf: (item: Item) => number, references: ReferenceFields): Layout {
  const placed: Placed[] = [];
  const gaps: Gap[] = [];
  const lines: Line[] = [];
  const arcs: Arc[] = [];
  const ports = new Map<string, Ports>();

  const addGap = (path: Path, y: number) => gaps.push({ path, x: 0, y, width: CARD_WIDTH });
  const addLine = (part: "before" | "first" | "last", item: Item, fromY: number, toY: number, depth: number) =>
    lines.push({ key: `${item.key}:${part}`, node: item.key, fromY, toY, depth, hasTip: part !== "last" });

  /** Places a list; tells where it ends and how far it reaches to both sides of the column. */
  function placeList(list: readonly Item[], parent: Path, top: number, depth: number, block: Item | null) {
    let y = top;
    const boxes = list.map((item, index) => {
      addGap(at(parent, index), y - GAP / 2);
      if (index > 0) addLine("before", item, y - GAP, y, depth);
      const box = placeItem(item, y, depth);
      const middle = y + heightOf(item) / 2;
      ports.set(item.key, { ...ports.get(item.key), in: y - GAP / 2, out: y + box.height + GAP / 2, middle });
      y += box.height + GAP;
      return box;
    });
    addGap(at(parent, list.length), y - GAP / 2);
    const reach = boxes.map((box) => box.x + box.width);
    const found = arcsOf({ items: list, block, depth, reach }, ports, references);
    arcs.push(...found);
    return {
      bottom: y - GAP,
      left: Math.min(0, ...boxes.map((box) => box.x)),
      right: Math.max(CARD_WIDTH, ...reach, ...found.map((arc) => arc.lane)),
    };
  }

  function placeItem(item: Item, y: number, depth: number): Box {
    const header = heightOf(item);
    if (!item.isBlock) {
      const card = { x: 0, y, width: CARD_WIDTH, height: header };
      placed.push({ item, depth, ...card });
      return card;
    }
    const index = placed.length;
    const top = y + header + GAP;
    ports.set(item.key, { in: y, out: y, middle: y, inside: top - GAP / 2 });
    const inner = placeList(item.children, item.path, top, depth + 1, item);
    const first = item.children[0];
    const bottom = first ? inner.bottom + GAP : top + EMPTY_BLOCK - GAP;
    if (first) {
      addLine("first", item, top - GAP, top, depth + 1);
      addLine("last", item, inner.bottom, bottom, depth + 1);
    }
    const left = inner.left - PADDING;
    const frame = { x: left, y, width: inner.right + PADDING - left, height: bottom - y };
    placed.splice(index, 0, { item, depth, ...frame }); // a frame comes before what stands in it
    return frame;
  }

  const all = placeList(items, [], 0, 0, null);
  const height = Math.max(all.bottom, 0);
  return { placed, gaps, lines, arcs, box: { x: all.left, y: 0, width: all.right - all.left, height } };
}
