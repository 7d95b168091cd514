import type { Texts } from "../../wire/types";

interface Props {
  readonly id: string;
  readonly texts: Texts;
  readonly onClose: () => void;
}

/** The cross in the corner of a pane, a dialog or a note. */
export function CloseButton({ id, texts, onClose }: Props) {
  return (
    <button
      type="button"
      className="slm-button"
      data-testid={id}
      title={texts.close}
      aria-label={texts.close}
      onClick={onClose}
    >
      ✕
    </button>
  );
}
