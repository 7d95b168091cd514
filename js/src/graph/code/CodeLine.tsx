import { memo } from "react";
import type { Piece } from "./highlight";
import type { Mark } from "./layerLines";

interface Props {
  readonly number: number;
  readonly pieces: readonly Piece[];
  /** What ends the line in the text. */
  readonly ending: string;
  /** Says which layers it belongs to; null where it belongs to none. */
  readonly label: string | null;
  readonly mark: Mark | undefined;
  /** Whether the Tab key comes to its number. */
  readonly isStop: boolean;
}

/** One line of the code behind its number, which is drawn by the style sheet: what is copied is the text alone. */
export const CodeLine = memo(function CodeLine({ number, pieces, ending, label, mark, isStop }: Props) {
  return (
    <div className="slm-code-line" data-line={number} data-mark={mark} data-layers={label !== null || undefined}>
      {label === null ? (
        <span className="slm-code-number" data-number={number} aria-hidden />
      ) : (
        <button
          type="button"
          className="slm-code-number"
          data-number={number}
          aria-label={label}
          aria-pressed={mark === "own"}
          tabIndex={isStop ? 0 : -1}
        />
      )}
      {pieces.map(({ kind, text }, index) =>
        kind === "plain" ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no other name
          <span key={index} data-kind={kind}>
            {text}
          </span>
        ),
      )}
      {ending}
    </div>
  );
});
