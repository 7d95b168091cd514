import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { Palette, PaletteEntry, Texts } from "../../wire/types";
import { paletteGroups } from "../stack/paletteFacts";
import { matching } from "./matching";
import { PaletteButton } from "./PaletteButton";

interface Props {
  readonly palette: Palette;
  readonly texts: Texts;
  readonly onGrab: (entry: PaletteEntry, event: PointerEvent) => void;
  readonly onAppend: (entry: PaletteEntry) => void;
}

/** The layer types, by group: dragged into the drawing, or added with a double click or Enter. */
export function PalettePane({ palette, texts, onGrab, onAppend }: Props) {
  const [words, setWords] = useState("");
  const groups = [...paletteGroups(palette)].map(([group, all]) => ({ group, entries: matching(all, words) }));
  const found = groups.filter(({ entries }) => entries.length > 0);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || words === "") return;
    event.stopPropagation(); // it clears the field and does nothing else
    setWords("");
  };
  return (
    <section className="slm-palette" aria-label={texts.palette} data-testid="palette">
      <div className="slm-palette-filter">
        <input
          className="slm-input"
          type="text"
          data-testid="filter"
          aria-label={texts.filter}
          placeholder={texts.filter}
          autoComplete="off"
          spellCheck={false}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {found.map(({ group, entries }) => (
        <div key={group} className="slm-palette-group">
          <h4>{entries[0]?.groupTitle}</h4>
          {entries.map((entry) => (
            <PaletteButton key={entry.type} entry={entry} onGrab={onGrab} onAppend={onAppend} />
          ))}
        </div>
      ))}
      <p className="slm-palette-hint">{found.length === 0 ? texts.filter_none : texts.palette_hint}</p>
    </section>
  );
}
