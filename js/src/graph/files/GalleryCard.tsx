import type { Texts } from "../../wire/types";
import { fill } from "../drawing/format";
import type { PresetCard } from "./answers";
import { shortCount } from "./galleryCards";
import { Sketch } from "./Sketch";

interface Props {
  readonly card: PresetCard;
  readonly texts: Texts;
  /** The one that Tab leads to. */
  readonly isActive: boolean;
  readonly onActive: () => void;
  readonly onOpen: ((name: string) => void) | null;
  readonly onCompare: ((name: string) => void) | null;
}

export function GalleryCard({ card, texts, isActive, onActive, onOpen, onCompare }: Props) {
  const { name, parameters, purpose, sketch } = card;
  const language = texts.other_language_code === "en" ? "ko" : "en";
  const tabIndex = isActive ? 0 : -1;
  return (
    <li className="slm-card-holder" data-testid={`preset-${name}`}>
      <button
        type="button"
        className="slm-preset"
        data-testid="preset"
        tabIndex={tabIndex}
        aria-disabled={onOpen === null}
        onFocus={onActive}
        onClick={() => onOpen?.(name)}
      >
        <Sketch bars={sketch} />
        <span className="slm-preset-words">
          <b>{name}</b>
          <span className="slm-preset-size">{fill(texts.preset_size, { n: shortCount(parameters, language) })}</span>
          <span className="slm-muted">{purpose}</span>
        </span>
      </button>
      {onCompare && (
        <button
          type="button"
          className="slm-choice"
          data-testid="preset-compare"
          tabIndex={tabIndex}
          aria-label={fill(texts.preset_compare_with, { name })}
          onFocus={onActive}
          onClick={() => onCompare(name)}
        >
          {texts.preset_compare}
        </button>
      )}
    </li>
  );
}
