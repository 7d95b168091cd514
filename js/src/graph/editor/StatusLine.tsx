import type { Analysis, Texts } from "../../wire/types";
import { fill, formatCount } from "../drawing/format";
import { useSlow } from "../session/useSlow";
import { type CostProps, CostTotals } from "../totals/CostTotals";
import { Total } from "../totals/Total";

interface Props {
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly isChecking: boolean;
  /** Nobody checks any more: what stands here is of the past. */
  readonly isLost: boolean;
  readonly notice: string;
  /** null where nothing is counted. */
  readonly costs?: CostProps | null;
  readonly onProblems: () => void;
}

/** The whole design in one line. */
export function StatusLine({ analysis, texts, isChecking, isLost, notice, costs, onProblems }: Props) {
  const isSlow = useSlow(isChecking);
  const count = analysis.problems.length;
  const errors = analysis.problems.some((problem) => problem.severity === "error");
  const found =
    count === 0 ? texts.no_problems : count === 1 ? texts.one_problem : fill(texts.many_problems, { n: count });
  const said = isLost ? texts.not_checked : found;
  return (
    <div className="slm-status" data-lost={isLost || undefined}>
      {notice && (
        <p className="slm-notice" role="alert" data-testid="notice">
          {notice}
        </p>
      )}
      <div className="slm-totals">
        <Total id="total-parameters" title={texts.parameters} value={formatCount(analysis.parameters)} />
        <Total id="total-context" title={texts.context} value={formatCount(analysis.contextLength)} />
        <Total
          id="total-vocabulary"
          title={texts.vocabulary}
          value={formatCount(analysis.vocabSize)}
          note={analysis.vocabAssumed ? texts.assumed : undefined}
          help={analysis.vocabAssumed ? texts.assumed_help : undefined}
        />
      </div>
      {costs && <CostTotals {...costs} analysis={analysis} texts={texts} />}
      <span className="slm-stretch" />
      {isChecking && (
        <span className="slm-checking" role="status" data-testid="checking">
          {isSlow ? texts.kernel_busy : texts.checking}
        </span>
      )}
      <button
        type="button"
        className="slm-problems"
        data-testid="problems"
        data-state={isLost ? "unknown" : count === 0 ? "fine" : errors ? "error" : "warning"}
        aria-live="polite"
        aria-disabled={count === 0}
        onClick={count === 0 ? undefined : onProblems}
      >
        {said}
      </button>
    </div>
  );
}
