// Where everything stands. All cards share one column, x from 0 to CARD_WIDTH, however deep they lie; the frames of blocks
// grow outwards around them, and references run as arcs in lanes beside what they jump over.

import { branchOf, type Source } from "../stack/branches";
import { idOf, type ReferenceFields } from "../stack/ids";
import { flatten, type Item } from "../stack/outline";
import { at, nextTo, type Path } from "../stack/path";
import { writeReference } from "../stack/references";
import { type Arc, arcsOf, type Ports } from "./arcs";

export const CARD_WIDTH = 328;
export const GAP = 22;
/** More room above a node that reads from elsewhere, so that what ends and what begins there are told apart. */
const BREAK = 20;
const PADDING = 14;
const EMPTY_BLOCK = 62;
const NOTHING: ReadonlySet<string> = new Set();

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed extends Box {
  readonly item: Item;
  readonly depth: number;
  /** A block that shows none of what is in it, and stands as a card. */
  readonly isFolded: boolean;
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
  /** The item that it leads to. */
  readonly node: string;
  /** The item whose output it carries; null where that is what flows into the block, or into the model. */
  readonly carries: string | null;
  readonly fromY: number;
  readonly toY: number;
  readonly depth: number;
  /** It leads to a node; or it ends at the frame of a block, or where others read it; or nobody reads what comes out. */
  readonly end: "tip" | "open" | "stop";
  /** Whether it is where all begins. */
  readonly isEntry?: boolean;
}

/** A place on the line from which a wire can be drawn. */
export interface Fork extends Source {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly gaps: readonly Gap[];
  readonly lines: readonly Line[];
  readonly arcs: readonly Arc[];
  readonly forks: readonly Fork[];
  readonly box: Box;
}

/**
 * Draws the items from top to bottom.
 *
 * @param heightOf How high a card is, or the header of a block.
 * @param folded The keys of the blocks that are drawn as one card.
 */
export function layOut(
  items: readonly Item[],
  heightOf: (item: Item) => number,
  wires: ReferenceFields,
  folded: ReadonlySet<string> = NOTHING,
): Layout {
  const placed: Placed[] = [];
  const gaps: Gap[] = [];
  const lines: Line[] = [];
  const arcs: Arc[] = [];
  const forks: Fork[] = [];
  const ports = new Map<string, Ports>();

  const addGap = (path: Path, y: number) => gaps.push({ path, x: 0, y, width: CARD_WIDTH });
  const addFork = ({ node }: Item, input: boolean, from: Path, y: number) => {
    const id = idOf(node);
    if (id !== null) forks.push({ reference: writeReference(id, input), from, x: CARD_WIDTH / 2, y });
  };
  const addLine = (
    part: string,
    item: Item,
    carried: Item | undefined,
    [fromY, toY]: readonly [number, number],
    depth: number,
    end: Line["end"] = "tip",
  ) => {
    const carries = carried?.key ?? null;
    lines.push({ key: `${item.key}:${part}`, node: item.key, carries, fromY, toY, depth, end });
  };

  /** Places a list; tells where it ends and how far it reaches to both sides of the column. */
  function placeList(list: readonly Item[], parent: Path, top: number, depth: number, block: Item | null) {
    let y = top;
    const breaks: { readonly item: Item; readonly above: Item | undefined; readonly y: number }[] = [];
    const boxes = list.map((item, index) => {
      const above = list[index - 1] ?? block;
      const branch = branchOf(item, above);
      addGap(at(parent, index), y - GAP / 2);
      if (above && branch === null) addLine("before", item, list[index - 1], [y - GAP, y], depth);
      if (above && branch !== null) {
        breaks.push({ item, above: list[index - 1], y: y - GAP });
        y += BREAK;
      }
      const box = placeItem(item, y, depth);
      const middle = y + heightOf(item) / 2;
      const out = y + box.height + GAP / 2;
      if (index < list.length - 1) addFork(item, false, nextTo(item.path), out);
      ports.set(item.key, { ...ports.get(item.key), in: y - GAP / 2, out, middle, branch });
      y += box.height + GAP;
      return box;
    });
    addGap(at(parent, list.length), y - GAP / 2);
    const found = arcsOf({ items: list, block, boxes }, ports, wires);
    arcs.push(...found);
    for (const { item, above, y: end } of breaks) {
      const isRead = found.some((arc) => arc.fromY === end + GAP / 2);
      addLine("before", item, above, [end, end + GAP / 2], depth, isRead ? "open" : "stop");
    }
    const sides = [...boxes.flatMap((box) => [box.x, box.x + box.width]), ...found.map((arc) => arc.lane)];
    return { bottom: y - GAP, left: Math.min(0, ...sides), right: Math.max(CARD_WIDTH, ...sides) };
  }

  function placeItem(item: Item, y: number, depth: number): Box {
    const header = heightOf(item);
    const isFolded = item.isBlock && folded.has(item.key);
    if (!item.isBlock || isFolded) {
      const card = { x: 0, y, width: CARD_WIDTH, height: header };
      placed.push({ item, depth, isFolded, ...card });
      // Wires to and from what is hidden end at the card.
      const side = { in: y - GAP / 2, out: y + header + GAP / 2, middle: y + header / 2, branch: null };
      for (const hidden of flatten(item.children)) ports.set(hidden.key, side);
      return card;
    }
    const index = placed.length;
    const top = y + header + GAP;
    ports.set(item.key, { in: y, out: y, middle: y, inside: top - GAP / 2, branch: null });
    if (item.children.length > 0) addFork(item, true, at(item.path, 0), top - GAP / 2);
    const inner = placeList(item.children, item.path, top, depth + 1, item);
    const first = item.children[0];
    const bottom = first ? inner.bottom + GAP : top + EMPTY_BLOCK - GAP;
    if (first) addLine("last", item, item.children.at(-1), [inner.bottom, bottom], depth + 1, "open");
    const left = inner.left - PADDING;
    const frame = { x: left, y, width: inner.right + PADDING - left, height: bottom - y };
    placed.splice(index, 0, { item, depth, isFolded, ...frame }); // a frame comes before what stands in it
    return frame;
  }

  const all = placeList(items, [], 0, 0, null);
  const first = items[0];
  const top = first && arcs.some((arc) => arc.fromY < 0) ? -GAP : 0; // what goes into the first node is read by others, too
  if (first && top < 0)
    lines.push({
      ...{ key: ":entry", node: first.key, carries: null, fromY: top, toY: 0, depth: 0, end: "tip" },
      isEntry: true,
    });
  if (first && !first.isBlock) addFork(first, true, nextTo(first.path), -GAP / 2);
  const height = Math.max(all.bottom, 0) - top;
  return { placed, gaps, lines, arcs, forks, box: { x: all.left, y: top, width: all.right - all.left, height } };
}
