import { type ChangeEvent, type KeyboardEvent, useState } from "react";

/**
 * What is being typed. It stays as typed while the field has the focus, whatever arrives meanwhile; only an undo or redo
 * (`jumps` changes) replaces it.
 */
export function useDraft(shown: string, jumps: number, onText: (text: string) => void, onSettle: () => void) {
  const [draft, setDraft] = useState<string | null>(null);
  const [seen, setSeen] = useState(jumps);
  if (seen !== jumps) {
    setSeen(jumps);
    setDraft(null);
  }
  const take = (text: string) => {
    setDraft(text);
    onText(text);
  };
  return {
    take,
    inputProps: {
      value: draft ?? shown,
      onChange: (event: ChangeEvent<HTMLInputElement>) => take(event.target.value),
      onBlur: () => {
        setDraft(null);
        onSettle();
      },
      onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => {
        if (event.key === "Enter") onSettle();
      },
    },
  };
}
