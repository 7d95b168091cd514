import { useEffect, useState } from "react";

/** What stands beside the drawing. */
export type Pane = "code" | "compare";

/** At most one pane; that of a comparison opens by itself when there is one, and ends it when it closes. */
export function usePane(hasComparison: boolean, endComparison: () => void) {
  const [pane, setPane] = useState<Pane | null>(null);
  useEffect(() => {
    if (hasComparison) setPane("compare");
  }, [hasComparison]);
  const show = (next: Pane | null) => {
    if (hasComparison && pane === "compare" && next !== "compare") endComparison();
    setPane(next);
  };
  return {
    pane,
    toggle: (wanted: Pane) => show(pane === wanted ? null : wanted),
    close: () => show(null),
  };
}
