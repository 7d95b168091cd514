import { useRef } from "react";
import type { Texts } from "../../wire/types";
import { useModal } from "../files/useModal";
import { CloseButton } from "../menu/CloseButton";
import { type Command, SHORTCUTS } from "./commands";

interface Props {
  readonly texts: Texts;
  readonly onClose: () => void;
}

/** The list of keys. */
export function KeysHelp({ texts, onClose }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const onModalKey = useModal(ref, onClose);
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["↑ ↓ Home End", texts.keys_moving],
    ["Shift+↑ ↓", texts.keys_extending],
    ["Enter", texts.keys_editing],
    ["Enter", texts.keys_adding],
    ...Object.entries(SHORTCUTS).map(([command, keys]) => [keys, texts[`command_${command as Command}`]] as const),
  ];
  return (
    <div
      ref={ref}
      className="slm-keys"
      role="dialog"
      aria-label={texts.command_help}
      data-testid="keys"
      aria-modal="true"
      onKeyDown={onModalKey}
    >
      <div className="slm-keys-header">
        <h3>{texts.command_help}</h3>
        <CloseButton id="keys-close" texts={texts} onClose={onClose} />
      </div>
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
