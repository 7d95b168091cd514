import type { RefObject } from "react";
import type { Colour } from "../../wire/types";
import { hue } from "./hue";

interface Props {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly title: string;
  readonly colour: Colour | null;
}

/** The small card that follows the pointer. */
export function DragGhost({ ref, title, colour }: Props) {
  return (
    <div ref={ref} className="slm-ghost" {...hue(colour)} aria-hidden="true">
      {title}
    </div>
  );
}
