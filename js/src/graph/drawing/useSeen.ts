import { type ReactFlowState, useStore } from "@xyflow/react";
import { useCallback } from "react";

/** Tells whether a height of the drawing is in sight, or near it. It is another function only now and then while the view moves. */
export function useSeen(): (y: number) => boolean {
  const step = useStore(stepOf);
  const row = useStore((state) => Math.floor(topOf(state) / stepOf(state)));
  return useCallback((y) => step === 0 || (y >= (row - 1) * step && y <= (row + 3) * step), [step, row]);
}

const topOf = ({ transform: [, y, zoom] }: ReactFlowState) => -y / zoom;

/** At least as high as what is seen; 0 while the page has no height. Powers of two, so that zooming changes it seldom. */
function stepOf({ height, transform }: ReactFlowState): number {
  return height === 0 ? 0 : 2 ** Math.ceil(Math.log2(height / transform[2]));
}
