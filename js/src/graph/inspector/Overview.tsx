import type { Analysis, Data, Palette, Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import { ProblemList } from "./ProblemList";

interface Props {
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly palette?: Palette | undefined;
  readonly isReadOnly?: boolean | undefined;
  readonly hasHints?: boolean | undefined;
  readonly onSelect: (key: string, field: string | null) => void;
  readonly onMend: (key: string, fields: Data) => void;
}

/** Shown while no layer is selected: what is wrong with the design, and what to do next. */
export function Overview(props: Props) {
  const { analysis, texts, palette, isReadOnly = false, hasHints = true, onSelect, onMend } = props;
  const { problems } = analysis;
  const steps = hasHints && !isReadOnly ? nextSteps(analysis, texts, palette) : [texts.nothing_selected];
  return (
    <>
      <header className="slm-pane-header">
        <h3>{texts.inspector}</h3>
      </header>
      {problems.length > 0 && <h4>{texts.problems}</h4>}
      <ProblemList problems={problems} hasMends={hasHints && !isReadOnly} onSelect={onSelect} onMend={onMend} />
      {steps.length > 1 && <h4>{texts.next_steps}</h4>}
      <ul className="slm-steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </>
  );
}

/** What a beginner can do now, in two or three lines. */
function nextSteps({ problems, layers }: Analysis, texts: Texts, palette: Palette | undefined): (string | undefined)[] {
  const first = palette?.values().next().value;
  if (layers.size === 0)
    return [first && fill(texts.step_begin, { title: first.title }), texts.step_add].filter(Boolean);
  if (problems.length > 0) return [texts.step_mend, texts.nothing_selected];
  return [texts.nothing_selected, texts.step_add, texts.step_train];
}
