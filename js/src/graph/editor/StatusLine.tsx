import type { Analysis, Texts } from "../../wire/types";
import { fill, formatCount } from "../drawing/format";

interface Props {
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly isChecking: boolean;
  readonly notice: string;
  readonly onProblems: () => void;
}

/** The whole design in one line. */
export function StatusLine({ analysis, texts, isChecking, notice, onProblems }: Props) {
  const count = analysis.problems.length;
  const errors = analysis.problems.some((problem) => problem.severity === "error");
  const said =
    count === 0 ? texts.no_problems : count === 1 ? texts.one_problem : fill(texts.many_problems, { n: count });
  return (
    <footer className="slm-status">
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
      <span className="slm-stretch" />
      {isChecking && <span className="slm-checking">{texts.checking}</span>}
      <button
        type="button"
        className="slm-problems"
        data-testid="problems"
        data-state={count === 0 ? "fine" : errors ? "error" : "warning"}
        aria-live="polite"
        disabled={count === 0}
        onClick={onProblems}
      >
        {said}
      </button>
    </footer>
  );
}

interface TotalProps {
  readonly id: string;
  readonly title: string | undefined;
  readonly value: string;
  readonly note?: string | undefined;
  readonly help?: string | undefined;
}

function Total({ id, title, value, note, help }: TotalProps) {
  return (
    <div className="slm-total" title={help}>
      <span className="slm-muted">{title}</span>
      <b data-testid={id}>{value}</b>
      {note && <span className="slm-muted">{note}</span>}
    </div>
  );
}
