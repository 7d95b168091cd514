// Drawn on a 16 by 16 grid with a stroke of the text's colour.

const PATHS = {
  undo: "M6 3 2.5 6.5 6 10 M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
  redo: "M10 3l3.5 3.5L10 10 M13 6.5H6.5a3.5 3.5 0 0 0 0 7H9",
  remove: "M3 4.5h10 M6.5 4.5V3h3v1.5 M4.5 4.5l.5 8.5h6l.5-8.5 M7 7v4 M9 7v4",
  duplicate: "M6 6h7v7H6z M10 6V3H3v7h3",
  zoomIn: "M8 3.5v9 M3.5 8h9",
  zoomOut: "M3.5 8h9",
  fit: "M3 6V3h3 M10 3h3v3 M13 10v3h-3 M6 13H3v-3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="slm-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
