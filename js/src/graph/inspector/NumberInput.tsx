import { readNumber, showValue, stepped } from "./numbers";
import { useDraft } from "./useDraft";

interface Props {
  readonly id?: string;
  readonly testId: string;
  readonly label?: string;
  readonly describedBy?: string;
  readonly value: unknown;
  readonly placeholder: string;
  /** The value of an empty field. */
  readonly empty: null | undefined;
  readonly isWhole: boolean;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly isWrong?: boolean;
  readonly isReadOnly?: boolean;
  /** Whether Tab passes it by. */
  readonly isPassedBy?: boolean;
  readonly jumps: number;
  readonly onChange: (value: unknown) => void;
  readonly onSettle: () => void;
}

/** A number, typed; arrow keys step whole ones. A text input, because a browser's number input hides what is no number. */
export function NumberInput(props: Props) {
  const { value, empty, isWhole, jumps, onChange, onSettle } = props;
  const draft = useDraft(showValue(value), jumps, (text) => onChange(readNumber(text, empty)), onSettle);
  const isReadOnly = props.isReadOnly ?? false;
  const steps = isWhole && !isReadOnly ? ({ ArrowUp: 1, ArrowDown: -1 } as Record<string, number>) : {};
  return (
    <input
      {...draft.inputProps}
      id={props.id}
      data-testid={props.testId}
      className="slm-input"
      type="text"
      inputMode={isWhole ? "numeric" : "decimal"}
      autoComplete="off"
      spellCheck={false}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.isWrong ?? false}
      readOnly={isReadOnly}
      tabIndex={props.isPassedBy ? -1 : undefined}
      placeholder={props.placeholder}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (step === undefined) return draft.inputProps.onKeyDown(event);
        event.preventDefault();
        draft.take(String(stepped(value, step, props.min, props.max)));
      }}
    />
  );
}
