import type { Analysis, Data, Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import { ProblemList } from "./ProblemList";

interface Props {
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly isReadOnly?: boolean | undefined;
  readonly hasHints?: boolean | undefined;
  readonly onSelect: (key: string, field: string | null) => void;
  readonly onMend: (key: string, fields: Data) => void;
}

/** Under the form of a layer: what is wrong in the whole design, folded away. */
export function AllProblems({ analysis, texts, isReadOnly = false, hasHints = true, onSelect, onMend }: Props) {
  const { problems } = analysis;
  if (problems.length === 0) return null;
  return (
    <details className="slm-more slm-all-problems" data-testid="all-problems">
      <summary>{fill(texts.all_problems, { n: problems.length })}</summary>
      <ProblemList problems={problems} hasMends={hasHints && !isReadOnly} onSelect={onSelect} onMend={onMend} />
    </details>
  );
}
