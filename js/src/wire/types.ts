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
  /** What numbers are allowed, in words. */
  readonly allowed?: string;
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

/** MathML, as far as a page draws it: an element of the allow list in readFormula.ts. */
export interface MathNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (MathNode | string)[];
}

export interface Formula {
  /** The field that it hangs on; null: it holds always. */
  readonly field: string | null;
  readonly value: unknown;
  readonly tree: MathNode;
}

/** Where a layer comes from; the link is empty where it is none that a page may open. */
export interface Paper {
  readonly title: string;
  readonly link: string;
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
  readonly formulas: readonly Formula[];
  /** What the letters of the formulas mean. */
  readonly letters: string;
  readonly papers: readonly Paper[];
  readonly container: boolean;
  /** Whether it reads token ids, so that it stands first. */
  readonly readsTokens: boolean;
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

/** Changes in other layers that go with one made in a field: a new width carried through. */
export interface Offer {
  readonly id: string;
  readonly field: string;
  readonly title: string;
  /** The values to set, by the layer's id. */
  readonly changes: Readonly<Record<string, Data>>;
}

export type Shape = readonly (string | number)[];

export interface LayerReport {
  readonly out: Shape | null;
  readonly parameters: number | null;
  /** What its fields hold that the design leaves empty. */
  readonly resolved: Data;
}

/** Python's answer to the latest layer_stack. */
export interface Analysis {
  readonly problems: readonly Problem[];
  readonly layers: ReadonlyMap<string, LayerReport>;
  readonly parameters: number | null;
  readonly contextLength: number | null;
  readonly vocabSize: number | null;
  readonly vocabAssumed: boolean;
  readonly offers: readonly Offer[];
  /** Grows with every answer. */
  readonly revision: number | null;
}

/** What is counted with. */
export interface Workload {
  readonly batchSize: number;
  /** Tokens; null for the longest text that the design takes. */
  readonly contextLength: number | null;
  readonly precision: string;
}

/** Which part of the whole a layer is, all its repeats together: 0 to 1. */
export interface Shares {
  readonly flops: number;
  readonly parameters: number;
}

/** What a design costs: counted after the analysis, when nothing has changed for a moment. */
export interface Costs {
  /** Of the analysis that it belongs to. */
  readonly revision: number | null;
  /** As counted with, so that its context length is known. */
  readonly workload: Workload | null;
  readonly layers: ReadonlyMap<string, Shares>;
  /** Of a training step. */
  readonly flops: number | null;
  /** Of a forward pass. */
  readonly flopsPerToken: number | null;
  readonly trainingBytes: number | null;
  readonly inferenceBytes: number | null;
  readonly processBytes: number | null;
  readonly parts: readonly { readonly title: string; readonly bytes: number }[];
  /** Why there are no figures, or why what was asked for is not counted. */
  readonly words: string;
}

/** The widget's own words, in the chosen language. */
export type Texts = Readonly<Record<string, string>>;

/** What a teacher allows. Python holds to the same rules. */
export interface Rules {
  readonly isReadOnly: boolean;
  /** The ids of layers that stay as they are. */
  readonly locked: ReadonlySet<string>;
  /** The only types that may be added; null for all. */
  readonly allowed: ReadonlySet<string> | null;
  /** Whether help, mends and offers are shown. */
  readonly hasHints: boolean;
  /** What Python handed out last, which changes are held against; empty where no rule asks for it. */
  readonly given: LayerStack;
}
