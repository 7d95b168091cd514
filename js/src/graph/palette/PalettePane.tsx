import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Palette, PaletteEntry, Texts } from "../../wire/types";
import { usePageId } from "../editor/usePageId";
import { paletteGroups } from "../stack/paletteFacts";
import { matching } from "./matching";
import { PaletteButton } from "./PaletteButton";
import { PaletteGroup } from "./PaletteGroup";
import { PalettePreview } from "./PalettePreview";
import { useEntryKeys } from "./useEntryKeys";

interface Props {
  readonly palette: Palette;
  readonly texts: Texts;
  readonly onGrab: (entry: PaletteEntry, event: PointerEvent) => void;
  readonly onAppend: (entry: PaletteEntry) => void;
}

/** The layer types, by group: dragged into the drawing, or added with a double click or Enter. */
export function PalettePane({ palette, texts, onGrab, onAppend }: Props) {
  const [words, setWords] = useState("");
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [previewed, setPreviewed] = useState<PaletteEntry | null>(null);
  const previewId = usePageId();
  const listRef = useRef<HTMLElement>(null);
  const onListKey = useEntryKeys(listRef);

  const groups = [...paletteGroups(palette)].map(([group, all]) => ({ group, entries: matching(all, words) }));
  const found = groups.filter(({ entries }) => entries.length > 0);
  const isOpen = (group: string) => words !== "" || !folded.has(group);
  const shown = found.flatMap(({ group, entries }) => (isOpen(group) ? entries : []));
  // The palette may have come anew, in another language.
  const current = shown.find(({ type }) => type === previewed?.type) ?? null;
  const stop = current ?? shown[0];

  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing && words !== "" && shown[0]) {
      onAppend(shown[0]);
      event.currentTarget.select(); // the next words replace these
    }
    if (event.key !== "Escape" || words === "") return;
    event.stopPropagation(); // it clears the field and does nothing else
    setWords("");
  };
  const toggle = (group: string) => {
    const others = new Set(folded);
    if (!others.delete(group)) others.add(group);
    setFolded(others);
  };
  return (
    <section
      ref={listRef}
      className="slm-palette"
      aria-label={texts.palette}
      data-testid="palette"
      onKeyDown={onListKey}
      onBlur={() => setPreviewed(null)}
    >
      <div className="slm-palette-filter">
        <input
          className="slm-input"
          type="text"
          data-testid="filter"
          data-stop
          aria-label={texts.filter}
          placeholder={texts.filter}
          autoComplete="off"
          spellCheck={false}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={onSearchKey}
        />
      </div>
      {found.map(({ group, entries }) => (
        <PaletteGroup
          key={group}
          title={entries[0]?.groupTitle ?? ""}
          count={entries.length}
          isOpen={isOpen(group)}
          onToggle={() => toggle(group)}
        >
          {entries.map((entry) => (
            <PaletteButton
              key={entry.type}
              entry={entry}
              isTabStop={entry === stop}
              previewId={previewId}
              onPreview={setPreviewed}
              onGrab={onGrab}
              onAppend={onAppend}
            />
          ))}
        </PaletteGroup>
      ))}
      <PalettePreview id={previewId} entry={current} texts={texts} hasMatches={found.length > 0} />
    </section>
  );
}
