import type { PointerEvent } from "react";
import type { Palette, PaletteEntry, Texts } from "../../wire/types";
import { groupNumbers } from "../stack/paletteFacts";

interface Props {
  readonly palette: Palette;
  readonly texts: Texts;
  readonly onGrab: (entry: PaletteEntry, event: PointerEvent) => void;
  readonly onAppend: (entry: PaletteEntry) => void;
}

/** The layer types, by group: dragged into the drawing, or added with a double click or Enter. */
export function PalettePane({ palette, texts, onGrab, onAppend }: Props) {
  const hues = groupNumbers(palette);
  const entries = [...palette.values()];
  return (
    <section className="slm-palette" aria-label={texts.palette} data-testid="palette">
      {[...hues].map(([group, hue]) => {
        const members = entries.filter((entry) => entry.group === group);
        return (
          <div key={group} className="slm-palette-group">
            <h4>{members[0]?.groupTitle}</h4>
            {members.map((entry) => (
              <button
                key={entry.type}
                type="button"
                className="slm-palette-entry"
                data-testid={`palette-${entry.type}`}
                data-hue={hue}
                title={entry.summary}
                onPointerDown={(event) => onGrab(entry, event)}
                onDoubleClick={() => onAppend(entry)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter" && event.key !== " ") return;
                  event.preventDefault();
                  onAppend(entry);
                }}
              >
                {entry.title}
              </button>
            ))}
          </div>
        );
      })}
      <p className="slm-palette-hint">{texts.palette_hint}</p>
    </section>
  );
}
