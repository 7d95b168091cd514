import { NumberInput } from "../inspector/NumberInput";

interface Props {
  readonly id: string;
  readonly name: string;
  readonly value: unknown;
  readonly title: string;
  readonly jumps: number;
  readonly onChange: (name: string, value: unknown) => void;
  readonly onSettle: () => void;
}

/** "× 12" on the header of a block; the number can be typed over. */
export function RepeatBadge({ id, name, value, title, jumps, onChange, onSettle }: Props) {
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
        jumps={jumps}
        onChange={(next) => onChange(name, next)}
        onSettle={onSettle}
      />
    </span>
  );
}
