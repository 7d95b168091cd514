import type { LayerNode, LayerStack } from "./types";

/** Lists and objects within each other; Python takes no deeper ones either. */
const MAX_DEPTH = 100;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whatever came over the wire as well-formed nodes: a drawing of nonsense is grey boxes, never an exception. */
export function readStack(value: unknown): LayerStack {
  const shallow = cut(value, MAX_DEPTH);
  return Array.isArray(shallow) ? shallow.map(readNode) : [];
}

/** The value itself, or a copy that ends where it is nested too deeply: what comes after would overflow every stack. */
function cut(value: unknown, room: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (room === 0) return null;
  if (Array.isArray(value)) {
    const items = value.map((item) => cut(item, room - 1));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [key, item, cut(item, room - 1)] as const);
  return entries.every(([, item, short]) => item === short)
    ? value
    : Object.fromEntries(entries.map(([key, , short]) => [key, short]));
}

function readNode(value: unknown): LayerNode {
  if (!isRecord(value)) return { type: nameOf(value), data: {} };
  const { type, data, children, ...rest } = value;
  return {
    ...rest,
    type: nameOf(type ?? ""),
    data: isRecord(data) ? data : {},
    ...(Array.isArray(children) ? { children: children.map(readNode) } : {}),
  };
}

function nameOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);
}
