import type { CSSProperties } from "react";
import type { Colour } from "../../wire/types";

interface Hue {
  readonly style: CSSProperties;
  readonly "data-hue": string;
}

/** Gives an element the colour of its group; the style sheet chooses the one for the page's theme. Null is grey. */
export function hue(colour: Colour | null): Hue {
  const style = colour ? { "--slm-on-light": colour.light, "--slm-on-dark": colour.dark } : {};
  return { style: style as CSSProperties, "data-hue": colour ? "group" : "none" };
}
