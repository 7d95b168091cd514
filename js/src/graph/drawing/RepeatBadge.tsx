import { NumberInput } from "../inspector/NumberInput";
import { showValue } from "../inspector/numbers";

interface Props {
  readonly id: string;
  readonly name: string;
  readonly value: unknown;
  readonly title: string;
  /** A locked block's number is only read. */
  readonly isOff: boolean;
  readonly jumps: number;
  readonly onChange: (name: string, value: unknown) => void;
  readonly onSettle: () => void;
}

/** "× 12" on the header of a block; the number can be typed over. */
export function RepeatBadge({ id, name, value, title, isOff, jumps, onChange, onSettle }: Props) {
  if (isOff) {
    return (
      <span className="slm-badge" data-off title={title}>
        × {showValue(value)}
      </span>
    );
  }
  return (
    <span className="slm-badge" title={title} onPointerDown={(event) => event.stopPropagation()}>
      ×
      <NumberInput
        testId={`repeats-${id}`}
        label={title}
        value={value}
        placeholder=""
        empty={undefined}
        isWhole
        isPassedBy // the form has it, too; a design of many blocks would have as many stops
        jumps={jumps}
        onChange={(next) => onChange(name, next)}
        onSettle={onSettle}
      />
    </span>
  );
}
