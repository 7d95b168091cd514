import type { LayerStack } from "../../wire/types";
import { allIds, idOf, type ReferenceFields } from "./ids";
import { type Path, samePath } from "./path";
import { readReference, writeReference } from "./references";
import { mapNodes, nodeAt } from "./siblings";
import { withFields } from "./values";

/**
 * Gives a node another id; what refers to it follows, however it spells that. An empty id, one that is taken, and one that
 * would make a reference mean something else change nothing.
 */
export function renameId(stack: LayerStack, path: Path, id: string, references: ReferenceFields): LayerStack {
  const node = nodeAt(stack, path);
  const taken = allIds(stack);
  if (!node || id.trim() === "" || taken.has(id)) return stack;
  const old = idOf(node);
  const renamed = mapNodes(stack, (other, place) => (samePath(place, path) ? withFields(other, { id }) : other));
  const ids = allIds(renamed);
  let isClear = true;

  const followed = (text: string): string => {
    const before = readReference(text, taken);
    // Of an id that is used twice, the other node keeps the references.
    const target = before.id === old && !ids.has(old) ? id : before.id;
    const next = target === before.id ? text : writeReference(target, before.input);
    const after = readReference(next, ids);
    if (after.id !== target || after.input !== before.input) isClear = false;
    return next;
  };
  const moved = mapNodes(renamed, (other) => {
    const fields = references(other.type).filter((field) => typeof other.data[field] === "string");
    return withFields(other, Object.fromEntries(fields.map((field) => [field, followed(String(other.data[field]))])));
  });
  return isClear ? moved : stack;
}
