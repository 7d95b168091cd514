import { useState } from "react";
import { usePageId } from "../editor/usePageId";
import { NumberInput } from "../inspector/NumberInput";

interface Props {
  readonly testId: string;
  readonly label: string | undefined;
  readonly unit?: string | undefined;
  readonly value: number | null;
  /** What an empty field means; undefined: it cannot be empty. */
  readonly empty?: string;
  readonly onSize: (size: number | null) => void;
}

/** A small field for a whole number above zero. What is none stays in the field, marked, and is told to nobody. */
export function SizeInput({ testId, label, unit, value, empty, onSize }: Props) {
  const id = usePageId();
  const [isWrong, setWrong] = useState(false);
  const take = (typed: unknown) => {
    const isSize = typeof typed === "number" && Number.isSafeInteger(typed) && typed > 0;
    const isEmpty = typed === null && empty !== undefined;
    setWrong(!isSize && !isEmpty);
    if (isSize) onSize(typed);
    else if (isEmpty) onSize(null);
  };
  return (
    <div className="slm-total">
      <label className="slm-muted" htmlFor={id}>
        {label}
      </label>
      <span className="slm-size">
        <NumberInput
          {...{ id, testId, value, isWrong }}
          placeholder={empty ?? ""}
          empty={null}
          isWhole
          min={1}
          jumps={0}
          onChange={take}
          onSettle={() => setWrong(false)}
        />
      </span>
      {unit && <span className="slm-muted">{unit}</span>}
    </div>
  );
}
