import type { Data, LayerNode } from "../../wire/types";

/** The node with some values changed, undefined taking a key out; the node itself where that changes nothing. */
export function withFields(node: LayerNode, values: Data): LayerNode {
  const own = (name: string) => (Object.hasOwn(node.data, name) ? node.data[name] : undefined);
  if (Object.entries(values).every(([name, value]) => Object.is(own(name), value))) return node;
  const data = Object.entries({ ...node.data, ...values }).filter(([, value]) => value !== undefined);
  return { ...node, data: Object.fromEntries(data) };
}
