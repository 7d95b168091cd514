import type { MouseEvent } from "react";
import type { Texts } from "../../wire/types";
import { fill } from "../drawing/format";

interface Props {
  readonly title: string;
  readonly texts: Texts;
  readonly onReset: () => void;
}

/** Marks a changed field, and takes it back to its default. */
export function ResetButton({ title, texts, onReset }: Props) {
  const words = fill(texts.reset, { title });
  const onClick = (event: MouseEvent) => {
    // The button goes with the change; without a place to stay, the next key would reach the notebook.
    event.currentTarget.closest("[data-field]")?.querySelector<HTMLElement>("input, select")?.focus();
    onReset();
  };
  return (
    <button type="button" className="slm-reset" data-testid="reset" aria-label={words} title={words} onClick={onClick}>
      <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
        <path d="M3 3v4h4 M3.5 7a5 5 0 1 1 1 4" />
      </svg>
    </button>
  );
}
