import type { InputProps } from "./inputProps";
import { showValue } from "./numbers";

export interface Option {
  readonly value: unknown;
  readonly title: string;
}

interface Props extends InputProps {
  readonly options: readonly Option[];
  /** The title of the empty choice, where there is one. */
  readonly emptyTitle: string | null;
}

const EMPTY = "empty";

/** One of several values. A value that is none of them is shown as it is, so that nobody's file is changed by looking. */
export function Select({ id, testId, describedBy, value, isWrong, options, emptyTitle, onChange }: Props) {
  const isEmpty = value === null || value === undefined;
  const known = options.findIndex((option) => option.value === value);
  const foreign = !isEmpty && known < 0;
  return (
    <select
      id={id}
      data-testid={testId}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      className="slm-input slm-select"
      value={isEmpty ? EMPTY : foreign ? "foreign" : String(known)}
      onChange={(event) => {
        const choice = event.target.value;
        if (choice !== "foreign") onChange(choice === EMPTY ? null : options[Number(choice)]?.value);
      }}
    >
      {(emptyTitle !== null || isEmpty) && <option value={EMPTY}>{emptyTitle ?? ""}</option>}
      {foreign && <option value="foreign">{showValue(value)}</option>}
      {options.map((option, index) => (
        <option key={String(option.value)} value={String(index)}>
          {option.title}
        </option>
      ))}
    </select>
  );
}
