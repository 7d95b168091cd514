import type { PointerEvent } from "react";
import type { PaletteEntry } from "../../wire/types";
import { hue } from "../drawing/hue";

interface Props {
  readonly entry: PaletteEntry;
  readonly onGrab: (entry: PaletteEntry, event: PointerEvent) => void;
  readonly onAppend: (entry: PaletteEntry) => void;
}

/** One layer type. */
export function PaletteButton({ entry, onGrab, onAppend }: Props) {
  return (
    <button
      type="button"
      className="slm-palette-entry"
      data-testid={`palette-${entry.type}`}
      {...hue(entry.colour)}
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
  );
}
