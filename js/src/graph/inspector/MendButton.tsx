import type { Data, Mend } from "../../wire/types";

interface Props {
  readonly mend: Mend | null;
  readonly onMend: (fields: Data) => void;
}

export function MendButton({ mend, onMend }: Props) {
  if (!mend) return null;
  return (
    <button type="button" className="slm-mend" data-testid="mend" onClick={() => onMend(mend.fields)}>
      {mend.title}
    </button>
  );
}
