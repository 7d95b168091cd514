import type { RefObject } from "react";
import type { Colour } from "../../wire/types";
import { hue } from "./hue";

interface Props {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly title: string;
  readonly colour: Colour | null;
  /** Why it cannot be let go here; empty where it can. */
  readonly reason: string;
}

/** The small card that follows the pointer. */
export function DragGhost({ ref, title, colour, reason }: Props) {
  return (
    <div ref={ref} className="slm-ghost" {...hue(colour)} aria-hidden="true">
      {title}
      {reason && <div className="slm-ghost-reason">{reason}</div>}
    </div>
  );
}
