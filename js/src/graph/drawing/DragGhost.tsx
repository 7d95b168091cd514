import type { RefObject } from "react";

interface Props {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly title: string;
  readonly hue: number | null;
}

/** The small card that follows the pointer. */
export function DragGhost({ ref, title, hue }: Props) {
  return (
    <div ref={ref} className="slm-ghost" data-hue={hue ?? "none"} aria-hidden="true">
      {title}
    </div>
  );
}
