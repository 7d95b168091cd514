import type { Data, LayerStack } from "../../wire/types";

/** A design as a file says it, and as Python reads it again. */
export function designText(stack: LayerStack, config: Data): string {
  return JSON.stringify({ format: "slm-widgets", version: 1, config, layer_stack: stack }, null, 1);
}
