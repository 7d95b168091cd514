import type { Analysis, Data, Texts } from "../../wire/types";
import { bySeverity } from "../stack/problems";
import { MendButton } from "./MendButton";

interface Props {
  readonly analysis: Analysis;
  readonly texts: Texts;
  readonly onSelect: (key: string) => void;
  readonly onMend: (key: string, fields: Data) => void;
}

/** Shown while no layer is selected: what is wrong with the design, or what to do next. */
export function Overview({ analysis, texts, onSelect, onMend }: Props) {
  const problems = bySeverity(analysis.problems);
  return (
    <>
      <header className="slm-pane-header">
        <h3>{texts.inspector}</h3>
      </header>
      <p className="slm-muted">{texts.nothing_selected}</p>
      {problems.length > 0 && <h4>{texts.problems}</h4>}
      <ul className="slm-problem-list">
        {problems.map(({ layer_id, severity, message, mend }) => (
          <li key={`${layer_id} ${message}`} data-severity={severity}>
            {layer_id === null ? (
              message
            ) : (
              <>
                <button type="button" className="slm-problem-link" onClick={() => onSelect(layer_id)}>
                  {message}
                </button>
                <MendButton mend={mend} onMend={(fields) => onMend(layer_id, fields)} />
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
