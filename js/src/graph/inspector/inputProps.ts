import type { Data, Field, LayerStack, Palette, Texts } from "../../wire/types";
import type { Path } from "../stack/path";

/** Where a form stands, and whom it tells. */
export interface FormContext {
  readonly stack: LayerStack;
  readonly path: Path;
  readonly palette: Palette;
  readonly texts: Texts;
  readonly jumps: number;
  readonly onSettle: () => void;
  readonly onMend: (fields: Data) => void;
}

/** What every kind of input gets. */
export interface InputProps {
  readonly field: Field;
  readonly id: string;
  readonly testId: string;
  readonly describedBy: string;
  readonly value: unknown;
  readonly isWrong: boolean;
  readonly form: FormContext;
  readonly onChange: (value: unknown) => void;
}
