import { useEffect, useState } from "react";
import type { Texts } from "../../wire/types";
import { CloseButton } from "../menu/CloseButton";
import { CodeCaption } from "./CodeCaption";
import { CodeText } from "./CodeText";
import { copyText, download } from "./handOut";
import { Splitter } from "./Splitter";
import type { Code } from "./useCode";

interface Props {
  readonly code: Code;
  readonly texts: Texts;
  readonly onWidth: (px: number) => void;
  readonly onClose: () => void;
  /** The layers whose lines are marked. */
  readonly selectedIds?: ReadonlySet<string>;
  /** A line of this layer was clicked. */
  readonly onSelect?: (id: string) => void;
  /** What a layer is called in the drawing. */
  readonly titleOf?: (id: string) => string;
}

const NONE: ReadonlySet<string> = new Set();
const itself = (id: string) => id;
const doNothing = () => {};

const FILE = "model.py";
const PRAISE_MS = 2000;

/** The design as a file of PyTorch, or why there is none. */
export function CodePane(props: Props) {
  const { code, texts, onWidth, onClose, selectedIds = NONE, onSelect = doNothing, titleOf = itself } = props;
  const { text, lines, trouble, isWaiting } = code;
  const [pointed, setPointed] = useState<readonly string[]>([]);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), PRAISE_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <section
      className="slm-code"
      data-testid="code-pane"
      data-reading
      aria-label={texts.code}
      aria-busy={isWaiting}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <Splitter label={texts.code_width} onWidth={onWidth} />
      <header className="slm-code-header">
        <h3>{FILE}</h3>
        <span className="slm-stretch" />
        <button
          type="button"
          className="slm-button"
          data-testid="code-copy"
          disabled={text === null}
          onClick={() => void copyText(text ?? "").then(setCopied)}
        >
          <span aria-live="polite">{isCopied ? texts.copied : texts.copy}</span>
        </button>
        <button
          type="button"
          className="slm-button"
          data-testid="code-download"
          disabled={text === null}
          onClick={() => download(text ?? "", "text/x-python", FILE)}
        >
          {texts.download}
        </button>
        <CloseButton id="code-close" texts={texts} onClose={onClose} />
      </header>
      {text !== null && <CodeText onPoint={setPointed} {...{ text, lines, texts, selectedIds, onSelect, titleOf }} />}
      {text !== null && <CodeCaption {...{ lines, texts, pointed, selectedIds, titleOf }} />}
      {trouble !== null && (
        <div className="slm-code-trouble" role="alert" data-testid="code-trouble">
          {trouble.split("\n").map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      )}
      {text === null && trouble === null && <p className="slm-code-trouble slm-muted">{texts.code_waiting}</p>}
    </section>
  );
}
