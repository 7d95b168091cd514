import type { Data, Field, LayerStack, Offer, Palette, Texts } from "../../wire/types";
import type { Path } from "../stack/path";

/** Where a form stands, and whom it tells. */
export interface FormContext {
  readonly stack: LayerStack;
  readonly path: Path;
  readonly palette: Palette;
  readonly texts: Texts;
  readonly jumps: number;
  /** What fields hold that are left empty, as Python has filled them in. */
  readonly resolved: Data;
  /** Changes elsewhere that go with one made here. */
  readonly offers: readonly Offer[];
  /** Everything can be read and nothing changed. */
  readonly isReadOnly: boolean;
  /** Whether to help: explanations, mends and offers. Without hints, problems are still told. */
  readonly hasHints: boolean;
  readonly onSettle: () => void;
  readonly onMend: (fields: Data) => void;
  readonly onTake: (offer: Offer) => void;
}

/** What every kind of input gets. */
export interface InputProps {
  readonly field: Field;
  readonly id: string;
  readonly testId: string;
  readonly describedBy: string;
  readonly value: unknown;
  /** Whether several layers are meant whose values differ. */
  readonly isMixed: boolean;
  readonly isWrong: boolean;
  readonly form: FormContext;
  readonly onChange: (value: unknown) => void;
}
