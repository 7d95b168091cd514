import type { Analysis, Texts } from "../../wire/types";
import { bySeverity } from "../stack/problems";

interface Props {
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly onSelect: (key: string) => void;
}

/** Shown while no layer is selected: what is wrong with the design, or what to do next. */
export function Overview({ analysis, texts, onSelect }: Props) {
  const problems = bySeverity(analysis.problems);
  return (
    <>
      <header className="slm-pane-header">
        <h3>{texts.inspector}</h3>
      </header>
      <p className="slm-muted">{texts.nothing_selected}</p>
      {problems.length > 0 && <h4>{texts.problems}</h4>}
      <ul className="slm-problem-list">
        {problems.map(({ layer_id, severity, message }) => (
          <li key={`${layer_id} ${message}`} data-severity={severity}>
            {layer_id === null ? (
              message
            ) : (
              <button type="button" onClick={() => onSelect(layer_id)}>
                {message}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
