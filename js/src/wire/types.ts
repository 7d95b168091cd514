// What travels between Python and the browser. Python declares all of it; nothing here names a layer type.

export type Data = Readonly<Record<string, unknown>>;

export interface LayerNode {
  readonly type: string;
  readonly data: Data;
  readonly children?: LayerStack;
}

export type LayerStack = readonly LayerNode[];

export interface Choice {
  readonly value: unknown;
  readonly title: string;
}

export interface Field {
  readonly name: string;
  readonly kind: "integer" | "number" | "boolean" | "choice" | "text" | "reference" | "group";
  readonly title: string;
  readonly help: string;
  readonly default: unknown;
  readonly nullable: boolean;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly Choice[];
  readonly fields?: readonly Field[];
  /** Of a reference: whether something flows from there, so that it is drawn as a wire. */
  readonly flows?: boolean;
}

/** One colour twice: for a light page and for a dark one. */
export interface Colour {
  readonly light: string;
  readonly dark: string;
}

export interface PaletteEntry {
  readonly type: string;
  readonly title: string;
  readonly group: string;
  readonly groupTitle: string;
  /** The colour of its group. */
  readonly colour: Colour | null;
  readonly summary: string;
  readonly help: string;
  readonly container: boolean;
  readonly newNode: LayerNode;
  readonly fields: readonly Field[];
}

export type Palette = ReadonlyMap<string, PaletteEntry>;

export interface Problem {
  readonly layer_id: string | null;
  readonly field: string | null;
  readonly severity: "error" | "warning";
  /** The sentence for someone who sees the place. */
  readonly text: string;
  /** The sentence with the place in front. */
  readonly message: string;
  /** The values that would put it right, where one click can. */
  readonly mend: Mend | null;
}

export interface Mend {
  readonly title: string;
  readonly fields: Data;
}

export type Shape = readonly (string | number)[];

export interface LayerReport {
  readonly out: Shape | null;
  readonly parameters: number | null;
}

/** Python's answer to the latest layer_stack. */
export interface Analysis {
  readonly problems: readonly Problem[];
  readonly layers: ReadonlyMap<string, LayerReport>;
  readonly parameters: number | null;
  readonly contextLength: number | null;
  readonly vocabSize: number | null;
  readonly vocabAssumed: boolean;
}

/** The widget's own words, in the chosen language. */
export type Texts = Readonly<Record<string, string>>;
