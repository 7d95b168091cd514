import type { Analysis, Costs, Workload } from "../../wire/types";

/** Whether the costs are those of an earlier design, or were counted with something else. */
export function isStale(costs: Costs, analysis: Analysis, workload: Workload): boolean {
  const { revision, workload: counted } = costs;
  if (revision === null || counted === null) return false; // there is nothing to be out of date
  return (
    revision !== analysis.revision ||
    counted.batchSize !== workload.batchSize ||
    counted.precision !== workload.precision ||
    (workload.contextLength !== null && counted.contextLength !== workload.contextLength)
  );
}
