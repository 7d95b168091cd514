import type { Analysis, Costs, Texts, Workload } from "../../wire/types";
import { formatBytes, formatFlops } from "../drawing/format";
import { flopsHelp, memoryHelp } from "./costWords";
import { isStale } from "./isStale";
import { Total } from "./Total";
import { WorkloadFields } from "./WorkloadFields";

export interface CostProps {
  readonly costs: Costs;
  readonly workload: Workload;
  readonly onWorkload: (workload: Workload) => void;
}

interface Props extends CostProps {
  readonly analysis: Analysis;
  readonly texts: Texts;
}

/** What the design computes and holds, and with how much text that is counted. What is not up to date yet is dimmed. */
export function CostTotals({ costs, workload, analysis, texts, onWorkload }: Props) {
  const stale = isStale(costs, analysis, workload);
  const hasErrors = analysis.problems.some((problem) => problem.severity === "error");
  return (
    <>
      <div className="slm-totals slm-costs" data-stale={stale || undefined} aria-busy={stale} data-testid="costs">
        <Total
          id="total-flops"
          title={texts.flops_per_token}
          value={formatFlops(costs.flopsPerToken)}
          help={flopsHelp(costs, texts)}
        />
        <Total
          id="total-memory"
          title={texts.training_memory}
          value={formatBytes(costs.trainingBytes)}
          help={memoryHelp(costs, texts)}
        />
      </div>
      <WorkloadFields
        workload={workload}
        longest={analysis.contextLength ?? costs.workload?.contextLength ?? null}
        texts={texts}
        onWorkload={onWorkload}
      />
      {/* The errors are told elsewhere. */}
      {costs.words && !hasErrors && !stale && (
        <p className="slm-cost-words slm-muted" role="status" data-testid="cost-words">
          {costs.words}
        </p>
      )}
    </>
  );
}
