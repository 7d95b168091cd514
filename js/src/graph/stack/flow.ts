// What the references of a design mean: each leads to a place on the line, however it is spelled. As Python reads them
// (slm_widgets/stack/trace.py): a node can read what stands before it, and the input of the blocks around it.

import type { LayerStack } from "../../wire/types";
import { INPUT } from "./branches";
import { idOf } from "./ids";
import { at, indexOf, isWithin, type Path, parentOf, pathName, samePath } from "./path";
import { readReference, writeReference } from "./references";
import { nodeAt } from "./siblings";

/** A place on the line: below a node or, with `inside`, where each repeat of a block begins; inside of [] all begins. */
export interface Signal {
  readonly path: Path;
  readonly inside: boolean;
}

/** A reference to a node that can be read from where the reference stands. */
export interface Target {
  readonly path: Path;
  readonly input: boolean;
}

export function isSame(a: Signal | null, b: Signal | null): boolean {
  return a !== null && b !== null && a.inside === b.inside && samePath(a.path, b.path);
}

export class Flow {
  /** Where each id stands; of one that is used twice, the first. */
  private readonly places = new Map<string, Path>();

  /** @param removed The names of places that are about to go: what led to one of them leads to what it read. */
  constructor(
    private readonly stack: LayerStack,
    private readonly removed: ReadonlySet<string> = new Set(),
  ) {
    const visit = (nodes: LayerStack, parent: Path) => {
      nodes.forEach((node, index) => {
        const id = idOf(node);
        const path = at(parent, index);
        if (id !== null && !this.places.has(id)) this.places.set(id, path);
        visit(node.children ?? [], path);
      });
    };
    visit(stack, []);
  }

  /** What a reference of the node at `from` names; null where it is none, or none that can be read there. */
  target(text: unknown, from: Path): Target | null {
    if (typeof text !== "string" || text === "") return null;
    const { id, input } = readReference(text, this.places);
    const path = this.places.get(id);
    return path && isReadable(path, input, from) ? { path, input } : null;
  }

  /** Where the node at `from` finds what it refers to; null where what it refers to reads something that is not there. */
  signal({ path, input }: Target, from: Path): Signal | null {
    if (!input) return this.isRemoved(path) ? this.incoming(path) : { path, inside: false };
    return isWithin(from, path) ? { path, inside: true } : this.incoming(path);
  }

  /** What a node reads. */
  incoming(path: Path): Signal | null {
    const text = nodeAt(this.stack, path)?.data[INPUT];
    if (typeof text !== "string" || text === "") {
      const above = this.isRemoved(path) && indexOf(path) > 0 ? at(parentOf(path), indexOf(path) - 1) : null;
      return above ? this.signal({ path: above, input: false }, path) : this.straight(path);
    }
    const target = this.target(text, path);
    return target && this.signal(target, path);
  }

  /** What a node reads that names nothing else: what comes from above. */
  straight(path: Path): Signal {
    const parent = parentOf(path);
    for (let index = indexOf(path) - 1; index >= 0; index--)
      if (!this.isRemoved(at(parent, index))) return { path: at(parent, index), inside: false };
    return { path: parent, inside: true };
  }

  /**
   * Where a signal comes from when a block runs for the first time: what begins a repeat came into the block, what a block gives
   * is its last node's, and an empty one passes on what it reads.
   */
  root(signal: Signal): Signal | null {
    const { path, inside } = signal;
    const children = nodeAt(this.stack, path)?.children;
    if (path.length === 0 || !(inside || children)) return signal;
    const last = inside ? -1 : (children ?? []).findLastIndex((_, index) => !this.isRemoved(at(path, index)));
    const before = last < 0 ? this.incoming(path) : { path: at(path, last), inside: false };
    return before && this.root(before);
  }

  /** A reference that leads the node at `from` to a signal; null where there is none. */
  spell({ path, inside }: Signal, from: Path): string | null {
    if (path.length > 0) return this.write(path, inside);
    const first = this.stack.findIndex((_, index) => !this.isRemoved([index]));
    const begins = nodeAt(this.stack, [first]);
    // What it all begins with has no name but the input of the first node, which is no name inside of that.
    return !begins || begins.data[INPUT] || isWithin(from, [first]) ? null : this.write([first], true);
  }

  /** The name of a node's output or input; null where it has none of its own, or none that can be told from another. */
  write(path: Path, input: boolean): string | null {
    const node = nodeAt(this.stack, path);
    const id = node ? idOf(node) : null;
    if (id === null || !samePath(this.places.get(id) ?? [], path)) return null;
    const text = writeReference(id, input);
    const read = readReference(text, this.places);
    return read.id === id && read.input === input ? text : null;
  }

  isRemoved(path: Path): boolean {
    return this.removed.has(pathName(path));
  }

  /** Whether a place goes, by itself or with a block around it. */
  isGone(path: Path): boolean {
    return path.some((_, depth) => this.isRemoved(path.slice(0, depth + 1)));
  }
}

function isReadable(path: Path, input: boolean, from: Path): boolean {
  if (isWithin(from, path)) return input && from.length > path.length;
  const parent = parentOf(path);
  return isWithin(from, parent) && (from[parent.length] ?? -1) > indexOf(path);
}
