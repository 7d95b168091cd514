import type { Texts, Workload } from "../../wire/types";
import { usePageId } from "../editor/usePageId";
import { SizeInput } from "./SizeInput";

interface Props {
  readonly workload: Workload;
  /** The length that an empty field means. */
  readonly longest: number | null;
  readonly texts: Texts;
  readonly onWorkload: (workload: Workload) => void;
}

const PRECISIONS = ["fp32", "bf16"]; // Python's stack/meter.py; another one is shown, and Python says what it thinks of it

/** How many texts at once, how long each, and how precisely: what arithmetic and memory are counted with. */
export function WorkloadFields({ workload, longest, texts, onWorkload }: Props) {
  const precisionId = usePageId();
  const { batchSize, contextLength, precision } = workload;
  const choices = PRECISIONS.includes(precision) ? PRECISIONS : [...PRECISIONS, precision];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flexible box in every browser
    <div className="slm-workload" role="group" aria-label={texts.workload}>
      <SizeInput
        testId="workload-batch"
        label={texts.batch_size}
        value={batchSize}
        onSize={(size) => size !== null && onWorkload({ ...workload, batchSize: size })}
      />
      <SizeInput
        testId="workload-context"
        label={texts.context}
        unit={texts.tokens}
        value={contextLength}
        empty={longest === null ? "" : String(longest)}
        onSize={(size) => onWorkload({ ...workload, contextLength: size })}
      />
      <div className="slm-total">
        <label className="slm-muted" htmlFor={precisionId}>
          {texts.precision}
        </label>
        <select
          id={precisionId}
          className="slm-input slm-select slm-size"
          data-testid="workload-precision"
          value={precision}
          onChange={(event) => onWorkload({ ...workload, precision: event.target.value })}
        >
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
