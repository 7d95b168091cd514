import type { InputProps } from "./inputProps";
import { showValue } from "./numbers";
import { ReadOnlyInput } from "./ReadOnlyInput";

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
const FOREIGN = "foreign";
const MIXED = "mixed";

/** One of several values. A value that is none of them is shown as it is, so that nobody's file is changed by looking. */
export function Select(props: Props) {
  const { id, testId, describedBy, value, isMixed, isWrong, options, emptyTitle, form, onChange } = props;
  const isEmpty = value === null || value === undefined;
  const known = options.findIndex((option) => option.value === value);
  const foreign = !isEmpty && known < 0;
  const different = isMixed ? (form.texts.different ?? "") : null;
  if (form.isReadOnly) {
    const words = different ?? (isEmpty ? emptyTitle : (options[known]?.title ?? showValue(value)));
    return <ReadOnlyInput {...{ id, testId, describedBy, isWrong }} words={words ?? ""} />;
  }
  return (
    <select
      id={id}
      data-testid={testId}
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      className="slm-input slm-select"
      value={isMixed ? MIXED : isEmpty ? EMPTY : foreign ? FOREIGN : String(known)}
      onChange={(event) => {
        const choice = event.target.value;
        if (choice !== FOREIGN && choice !== MIXED) onChange(choice === EMPTY ? null : options[Number(choice)]?.value);
      }}
    >
      {different !== null && <option value={MIXED}>{different}</option>}
      {(emptyTitle !== null || (isEmpty && !isMixed)) && <option value={EMPTY}>{emptyTitle ?? ""}</option>}
      {foreign && <option value={FOREIGN}>{showValue(value)}</option>}
      {options.map((option, index) => (
        <option key={String(option.value)} value={String(index)}>
          {option.title}
        </option>
      ))}
    </select>
  );
}
