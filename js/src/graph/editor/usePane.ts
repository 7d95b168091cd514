import { useCallback, useEffect, useState } from "react";

/** What stands beside the drawing. */
export type Pane = "code" | "compare";

/** At most one pane; that of a comparison opens by itself when there is one. */
export function usePane(hasComparison: boolean) {
  const [pane, setPane] = useState<Pane | null>(null);
  useEffect(() => {
    if (hasComparison) setPane("compare");
  }, [hasComparison]);
  const toggle = useCallback((wanted: Pane) => setPane((shown) => (shown === wanted ? null : wanted)), []);
  const close = useCallback(() => setPane(null), []);
  return { pane, toggle, close };
}
