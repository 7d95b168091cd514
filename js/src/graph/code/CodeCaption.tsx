import type { Texts } from "../../wire/types";
import type { LayerLines } from "./layerLines";

interface Props {
  readonly lines: LayerLines;
  readonly texts: Texts;
  /** The layers of the line that is pointed at. */
  readonly pointed: readonly string[];
  readonly selectedIds: ReadonlySet<string>;
  readonly titleOf: (id: string) => string;
}

/** Below the code: whose line is pointed at. */
export function CodeCaption({ lines, texts, pointed, selectedIds, titleOf }: Props) {
  const chosen = [...selectedIds].map((id) => lines.get(id));
  const isSilent = chosen.length > 0 && chosen.every((one) => one?.own.length === 0);
  const words = isSilent ? texts.code_no_lines : texts.code_hint;
  return (
    <footer className="slm-code-caption slm-muted" data-testid="code-caption">
      {pointed.length > 0 ? pointed.map(titleOf).join(" · ") : words}
    </footer>
  );
}
