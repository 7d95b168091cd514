import type { PaletteEntry, Texts } from "../../wire/types";
import { formulasOf } from "../inspector/formulaOf";
import { MathFormulas } from "../inspector/MathFormula";

interface Props {
  readonly id: string;
  readonly entry: PaletteEntry | null;
  readonly texts: Texts;
  readonly hasMatches: boolean;
}

const NOTHING = {};

/** At the foot of the list: what the layer type under the pointer or the focus does; else how to use the list. */
export function PalettePreview({ id, entry, texts, hasMatches }: Props) {
  return (
    <div id={id} className="slm-palette-preview" data-testid="palette-preview">
      {entry ? (
        <>
          <p className="slm-palette-summary">{entry.summary}</p>
          <MathFormulas formulas={formulasOf(entry, entry.newNode.data, NOTHING).slice(0, 1)} />
        </>
      ) : (
        <p className="slm-palette-hint">{hasMatches ? texts.palette_hint : texts.filter_none}</p>
      )}
    </div>
  );
}
