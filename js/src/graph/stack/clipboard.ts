// Layers as text: the envelope that files have, so that Python reads it too, and so does a friend to whom it was sent.

import { isRecord, readStack } from "../../wire/readStack";
import type { LayerStack } from "../../wire/types";
import { topmost } from "./chosen";
import type { Path } from "./path";
import { nodeAt } from "./siblings";

const FORMAT = "slm-widgets";
const VERSION = 1;
const MAX_CHARACTERS = 4_000_000;
const MAX_DEPTH = 200;

export function copyText(stack: LayerStack, paths: readonly Path[]): string {
  const nodes = topmost(paths).flatMap((path) => nodeAt(stack, path) ?? []);
  return JSON.stringify({ format: FORMAT, version: VERSION, layer_stack: nodes }, null, 2);
}

/** The nodes in a pasted text; null where it is no envelope or list of nodes of this version: Python reads all the others. */
export function readPasted(text: string): LayerStack | null {
  const value = text.length <= MAX_CHARACTERS ? parsed(text) : null;
  const isEnvelope = isRecord(value) && value.format === FORMAT && value.version === VERSION;
  const nodes = isEnvelope ? value.layer_stack : value;
  return areNodes(nodes) && nodes.length > 0 ? readStack(nodes) : null;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isShallow(value, MAX_DEPTH) ? withoutPrototypes(value) : null;
  } catch {
    return null; // ordinary text, or brackets without end
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

/** A copy without keys that some code, somewhere, would take for an object's prototype. */
function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "__proto__");
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPrototypes(inner)]));
}

function areNodes(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every(isNode);
}

function isNode(value: unknown): boolean {
  if (!isRecord(value) || typeof value.type !== "string") return false;
  const { data, children } = value;
  return (data === undefined || isRecord(data)) && (children === undefined || areNodes(children));
}
