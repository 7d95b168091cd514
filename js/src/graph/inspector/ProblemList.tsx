import type { Data, Problem } from "../../wire/types";
import { bySeverity } from "../stack/problems";
import { MendButton } from "./MendButton";

interface Props {
  readonly problems: readonly Problem[];
  readonly hasMends: boolean;
  /** Goes to the place: the layer, and its field where the problem names one. */
  readonly onSelect: (key: string, field: string | null) => void;
  readonly onMend: (key: string, fields: Data) => void;
}

/** Everything that is wrong, errors first. */
export function ProblemList({ problems, hasMends, onSelect, onMend }: Props) {
  return (
    <ul className="slm-problem-list" data-testid="problem-list">
      {bySeverity(problems).map(({ layer_id, field, severity, message, mend }) => (
        <li key={`${layer_id} ${message}`} data-severity={severity}>
          {layer_id === null ? (
            message
          ) : (
            <>
              <button type="button" className="slm-problem-link" onClick={() => onSelect(layer_id, field)}>
                {message}
              </button>
              {hasMends && <MendButton mend={mend} onMend={(fields) => onMend(layer_id, fields)} />}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
