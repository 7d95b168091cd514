import type { PointerEvent } from "react";
import type { PaletteEntry } from "../../wire/types";
import { hue } from "../drawing/hue";

interface Props {
  readonly entry: PaletteEntry;
  /** Whether Tab stops here; the arrow keys go on from here. */
  readonly isTabStop: boolean;
  readonly previewId: string;
  readonly onPreview: (entry: PaletteEntry | null) => void;
  readonly onGrab: (entry: PaletteEntry, event: PointerEvent) => void;
  readonly onAppend: (entry: PaletteEntry) => void;
}

/** One layer type. */
export function PaletteButton({ entry, isTabStop, previewId, onPreview, onGrab, onAppend }: Props) {
  return (
    <button
      type="button"
      className="slm-palette-entry"
      data-testid={`palette-${entry.type}`}
      data-entry={entry.type}
      {...hue(entry.colour)}
      tabIndex={isTabStop ? 0 : -1}
      aria-describedby={isTabStop ? previewId : undefined}
      onPointerEnter={() => onPreview(entry)}
      onPointerLeave={() => onPreview(null)}
      onFocus={() => onPreview(entry)}
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
  );
}
