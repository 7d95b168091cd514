// Residuals, drawn as arcs from the line they read to the card that adds them.

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
}

export interface Arc {
  readonly key: string;
  readonly source: string;
  readonly target: string;
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
  readonly depth: number;
  /** How far to the right each node of the list reaches. */
  readonly reach: readonly number[];
}

interface Row {
  readonly item: Item;
  readonly row: number;
}

interface Span {
  readonly key: string;
  readonly source: Row;
  readonly target: Row;
  readonly fromY: number;
  readonly toY: number;
}

/** The arcs that belong to one list: both ends lie in it or in blocks of it, but not both in the same block. */
export function arcsOf(list: PlacedList, ports: ReadonlyMap<string, Ports>, references: ReferenceFields): Arc[] {
  const rows = rowsById(list.items);
  const spans = [...rows.values()].flatMap((target) => spansTo(target, rows, list.block, ports, references));
  spans.sort((a, b) => a.toY - a.fromY - (b.toY - b.fromY)); // the short ones inside
  const lanes: Span[][] = [];
  return spans.map((span) => {
    let lane = lanes.findIndex((taken) => taken.every((other) => other.toY <= span.fromY || span.toY <= other.fromY));
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane]?.push(span);
    const { key, source, target, fromY, toY } = span;
    const past = Math.max(...list.reach.slice(source.row, target.row + 1));
    const x = past + FIRST_LANE + lane * LANE;
    return { key, source: source.item.key, target: target.item.key, fromY, toY, lane: x, depth: list.depth };
  });
}

function rowsById(items: readonly Item[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  items.forEach((top, row) => {
    for (const item of flatten([top])) {
      const id = idOf(item.node);
      if (id !== null && !rows.has(id)) rows.set(id, { item, row });
    }
  });
  return rows;
}

function spansTo(
  target: Row,
  rows: ReadonlyMap<string, Row>,
  block: Item | null,
  ports: ReadonlyMap<string, Ports>,
  references: ReferenceFields,
): Span[] {
  const blockId = block && idOf(block.node);
  const ids = { has: (id: string) => rows.has(id) || id === blockId };
  return references(target.item.node.type).flatMap((field) => {
    const text = target.item.node.data[field];
    if (typeof text !== "string") return [];
    const { id, input } = readReference(text, ids);
    const fromBlock = block !== null && id === blockId && input;
    const source = fromBlock ? { item: block, row: 0 } : rows.get(id);
    // With both ends in one block of this list, the arc belongs to that block.
    if (!source || (!fromBlock && source.row === target.row)) return [];
    const from = ports.get(source.item.key);
    const to = ports.get(target.item.key);
    if (!from || !to) return [];
    const fromY = fromBlock ? (from.inside ?? from.in) : input ? from.in : from.out;
    // A source further down cannot be read; Python says so on the node.
    return fromY < to.middle ? [{ key: `${target.item.key}:${field}`, source, target, fromY, toY: to.middle }] : [];
  });
}
