import { canRead, INPUT, type Source } from "./branches";
import { idOf, type ReferenceFields } from "./ids";
import type { Item } from "./outline";
import { indexOf, inOrder, isWithin, parentOf, samePath } from "./path";
import { readReference } from "./references";

/**
 * Why a wire cannot end at a node: it comes from the node itself, or from further down; the node lies outside of the block that
 * it comes from; or the node reads this already.
 */
export type NoWire = "self" | "above" | "inside" | "same";

/** Why the node cannot read the place that a wire comes from; null where it can. */
export function whyNotConnect(source: Source, { path, node }: Item, wires: ReferenceFields): NoWire | null {
  const id = idOf(node);
  const named = readReference(source.reference, { has: (known) => known === id });
  const own = wires(node.type).find((field) => field !== INPUT);
  if (id !== null && named.id === id) {
    return isEntry(source) && own === undefined ? "same" : "self";
  }
  if (!canRead(source, path)) {
    const isAround = isWithin(parentOf(source.from), path);
    return !isAround && inOrder(path, source.from) < 0 ? "above" : "inside";
  }
  const text = node.data[own ?? INPUT];
  if (typeof text === "string" && text !== "") return isSpelledAlike(text, source.reference) ? "same" : null;
  return own === undefined && samePath(path, source.from) && !isEntry(source) ? "same" : null;
}

/** Whether it is the line into the first node of all, which bears that node's name. */
function isEntry({ reference, from }: Source): boolean {
  return reference.endsWith(":in") && indexOf(from) > 0;
}

function isSpelledAlike(text: string, reference: string): boolean {
  return text === reference || (/-in$/.test(text) && `${text.slice(0, -3)}:in` === reference);
}
