import { type KeyboardEvent, memo, useEffect, useMemo, useRef } from "react";
import { highlight } from "./highlight";

interface Props {
  readonly text: string;
  readonly label: string | undefined;
}

/** The code, to read and to select. Its pieces are text nodes, so that markup in a label stays words. */
export const CodeText = memo(function CodeText({ text, label }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  const pieces = useMemo(() => highlight(text), [text]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "a" || !ref.current) return;
    event.preventDefault(); // all of the code, not all of the notebook
    getSelection()?.selectAllChildren(ref.current);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a textarea has no colours
    <div
      ref={ref}
      className="slm-code-text"
      role="textbox"
      aria-readonly
      aria-multiline
      tabIndex={0}
      aria-label={label}
      data-testid="code-text"
      onKeyDown={onKeyDown}
    >
      {pieces.map(({ kind, text: words }, index) =>
        kind === "plain" ? (
          words
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no other name
          <span key={index} data-kind={kind}>
            {words}
          </span>
        ),
      )}
    </div>
  );
});
