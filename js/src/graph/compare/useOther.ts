import { useMemo, useRef } from "react";
import { readAnalysis } from "../../wire/readAnalysis";
import type { Comparison } from "../../wire/readComparison";
import { readStack } from "../../wire/readStack";
import type { Palette } from "../../wire/types";
import { outline } from "../stack/outline";
import { containerTest } from "../stack/paletteFacts";
import { sameJson } from "../stack/sameJson";

/** The other design, read anew only when it is another one: each change of the drawing brings it again. */
export function useOther({ stack: rawStack, analysis: rawAnalysis }: Comparison, palette: Palette) {
  const stack = useKept(rawStack);
  const analysis = useKept(rawAnalysis);
  const nodes = useMemo(() => readStack(stack), [stack]);
  const items = useMemo(() => outline(nodes, containerTest(palette)), [nodes, palette]);
  return { nodes, items, analysis: useMemo(() => readAnalysis(analysis), [analysis]) };
}

/** The value as it was, while it says the same. */
function useKept<T>(value: T): T {
  const kept = useRef(value);
  if (!sameJson(kept.current, value)) kept.current = value;
  return kept.current;
}
