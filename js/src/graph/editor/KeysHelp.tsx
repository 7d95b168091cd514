import { useEffect, useRef } from "react";
import type { Texts } from "../../wire/types";
import { type Command, SHORTCUTS } from "./commands";

interface Props {
  readonly texts: Texts;
  readonly onClose: () => void;
}

/** The list of keys. */
export function KeysHelp({ texts, onClose }: Props) {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["↑ ↓ Home End", texts.keys_moving],
    ["Shift+↑ ↓", texts.keys_extending],
    ["Enter", texts.keys_editing],
    ["Enter", texts.keys_adding],
    ...Object.entries(SHORTCUTS).map(([command, keys]) => [keys, texts[`command_${command as Command}`]] as const),
  ];
  return (
    <div
      className="slm-keys"
      role="dialog"
      aria-label={texts.command_help}
      data-testid="keys"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onClose();
      }}
    >
      <header>
        <h3>{texts.command_help}</h3>
        <button ref={ref} type="button" className="slm-button" aria-label={texts.close} onClick={onClose}>
          ✕
        </button>
      </header>
      <dl>
        {lines.map(([keys, words]) => (
          <div key={`${keys} ${words}`}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <p className="slm-muted">{texts.keys_mouse}</p>
    </div>
  );
}
