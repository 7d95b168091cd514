import { useModelState } from "@anywidget/react";
import { useMemo } from "react";
import type { CostProps } from "../../graph/totals/CostTotals";
import { readCosts, readWorkload, writeWorkload } from "../../wire/readCosts";
import { readRules } from "../../wire/readRules";

/** A trait, read anew when it changes. */
export function useTrait<T>(name: string, read: (value: unknown) => T): T {
  const [value] = useModelState<unknown>(name);
  return useMemo(() => read(value), [value, read]);
}

/** What is counted of the design, and how; null where nothing is. */
export function useCosts(): CostProps | null {
  const costs = useTrait("costs", readCosts);
  const workload = useTrait("workload", readWorkload);
  const [, setWorkload] = useModelState<unknown>("workload");
  return useMemo(
    () => workload && { costs, workload, onWorkload: (next) => setWorkload(writeWorkload(next)) },
    [costs, workload, setWorkload],
  );
}

/** What a teacher rules. */
export function useRules() {
  const [readonly] = useModelState<unknown>("readonly");
  const [locked] = useModelState<unknown>("locked");
  const [allowed] = useModelState<unknown>("allowed");
  const [hints] = useModelState<unknown>("hints");
  const [given] = useModelState<unknown>("given");
  return useMemo(
    () => readRules({ readonly, locked, allowed, hints, given }),
    [readonly, locked, allowed, hints, given],
  );
}
