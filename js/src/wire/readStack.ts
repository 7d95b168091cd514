import type { LayerNode, LayerStack } from "./types";

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whatever came over the wire as well-formed nodes: a drawing of nonsense is grey boxes, never an exception. */
export function readStack(value: unknown): LayerStack {
  return Array.isArray(value) ? value.map(readNode) : [];
}

function readNode(value: unknown): LayerNode {
  if (!isRecord(value)) return { type: String(value), data: {} };
  const { type, data, children, ...rest } = value;
  return {
    ...rest,
    type: typeof type === "string" ? type : String(type ?? ""),
    data: isRecord(data) ? data : {},
    ...(Array.isArray(children) ? { children: readStack(children) } : {}),
  };
}
