// References that something flows from, drawn as arcs beside the column. What a node adds or looks at comes at the right, from
// the line that is read to the node's side; what it reads instead of the node before comes at the left and enters from above,
// as the flow does.

import { INPUT } from "../stack/branches";
import { idOf, type ReferenceFields } from "../stack/ids";
import { flatten, type Item } from "../stack/outline";
import { readReference } from "../stack/references";

const FIRST_LANE = 18;
const LANE = 13;

/** The heights at which a node can be read or added to. */
export interface Ports {
  /** On the line above the node. */
  readonly in: number;
  /** On the line below it. */
  readonly out: number;
  readonly middle: number;
  /** On the line at the head of a block, where each repeat begins. */
  readonly inside?: number;
  /** The reference that it reads instead of the node before; null for none. */
  readonly branch: string | null;
}

export interface Arc {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  /** The item whose output it carries; null where that is what flows into the source. */
  readonly carries: string | null;
  readonly side: "left" | "right";
  readonly fromY: number;
  readonly toY: number;
  /** The x of its vertical part. */
  readonly lane: number;
  readonly depth: number;
}

/** One list of nodes, all placed already. */
export interface PlacedList {
  readonly items: readonly Item[];
  /** The block around the list; its input can be read from inside. */
  readonly block: Item | null;
  /** From where to where each node of the list reaches. */
  readonly boxes: readonly { readonly x: number; readonly width: number }[];
}

interface Row {
  readonly item: Item;
  readonly row: number;
}

type Span = Omit<Arc, "lane"> & { readonly rows: readonly [number, number] };

/** The arcs that belong to one list: both ends lie in it or in blocks of it, but not both in the same block. */
export function arcsOf(list: PlacedList, ports: ReadonlyMap<string, Ports>, wires: ReferenceFields): Arc[] {
  const finder = new Finder(list, ports);
  const spans = [...finder.rows.values()].flatMap((target) =>
    wires(target.item.node.type).flatMap((field) => finder.span(target, field)),
  );
  spans.sort((a, b) => a.toY - a.fromY - (b.toY - b.fromY)); // the short ones inside
  const lanes = { left: [] as Span[][], right: [] as Span[][] };
  return spans.map((span) => {
    const taken = lanes[span.side];
    let number = taken.findIndex((lane) => lane.every((other) => other.toY <= span.fromY || span.toY <= other.fromY));
    if (number < 0) number = taken.push([]) - 1;
    taken[number]?.push(span);
    const { rows, ...arc } = span;
    const passed = list.boxes.slice(rows[0], rows[1] + 1);
    const out = FIRST_LANE + number * LANE;
    const left = Math.min(0, ...passed.map((box) => box.x)) - out;
    const right = Math.max(...passed.map((box) => box.x + box.width)) + out;
    return { ...arc, lane: arc.side === "left" ? left : right };
  });
}

/** Finds what the references inside one list mean. */
class Finder {
  readonly rows = new Map<string, Row>();
  private readonly blockId: string | null;

  constructor(
    private readonly list: PlacedList,
    private readonly ports: ReadonlyMap<string, Ports>,
  ) {
    this.blockId = list.block && idOf(list.block.node);
    list.items.forEach((top, row) => {
      for (const item of flatten([top])) {
        const id = idOf(item.node);
        if (id !== null && !this.rows.has(id)) this.rows.set(id, { item, row });
      }
    });
  }

  span(target: Row, field: string): Span[] {
    const to = this.ports.get(target.item.key);
    const text = field === INPUT ? to?.branch : target.item.node.data[field];
    if (!to || typeof text !== "string") return [];
    const from = this.origin(text, new Set());
    // With both ends in one block of this list, the arc belongs to that block.
    if (!from || (from.item !== this.list.block && from.row === target.row)) return [];
    const side = field === INPUT ? "left" : "right";
    const toY = side === "left" ? to.in : to.middle;
    if (from.y >= toY) return []; // a source further down cannot be read; Python says so on the node
    const carries = from.isInput ? null : from.item.key;
    const ends = { source: from.item.key, target: target.item.key, carries, fromY: from.y, toY };
    const depth = target.item.path.length - 1; // above the frames that it runs into
    return [{ key: `${target.item.key}:${field}`, side, ...ends, depth, rows: [from.row, target.row] }];
  }

  /** Where a reference is read. The input of a node that itself reads from elsewhere is read there, too. */
  private origin(text: string, seen: Set<string>): (Row & { readonly y: number; readonly isInput: boolean }) | null {
    const { block } = this.list;
    const { id, input } = readReference(text, { has: (known) => this.rows.has(known) || known === this.blockId });
    if (block && id === this.blockId && input) {
      const ports = this.ports.get(block.key);
      return ports ? { item: block, row: 0, y: ports.inside ?? ports.in, isInput: true } : null;
    }
    const row = this.rows.get(id);
    const ports = row && this.ports.get(row.item.key);
    if (!row || !ports) return null;
    if (!input || ports.branch === null) return { ...row, y: input ? ports.in : ports.out, isInput: input };
    return seen.has(id) ? null : this.origin(ports.branch, seen.add(id));
  }
}
