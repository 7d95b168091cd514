// The traits of GraphEditor, as they come over the wire.

export interface Model {
  layer_stack: unknown;
  config: unknown;
  edition: string;
  origin: unknown;
  readonly: unknown;
  locked: unknown;
  allowed: unknown;
  hints: unknown;
  given: unknown;
  refusal: unknown;
  palette: unknown;
  analysis: unknown;
  texts: unknown;
  costs: unknown;
  workload: unknown;
  comparison: unknown;
  file_state: unknown;
  opened: number;
  folded: readonly string[];
  language: string;
  height_px: number;
}
