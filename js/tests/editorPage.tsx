// A whole editor in a page, and a widget model in the test's hands.

import { act } from "@testing-library/react";
import widget from "../src/widgets/graph_editor";
import { GPT } from "./stacks";

const FIELDS = [
  { name: "label", kind: "text", title: "Label", default: null, nullable: true },
  { name: "kind", kind: "choice", title: "Kind", choices: [{ value: "a", title: "A" }] },
  { name: "width", kind: "integer", title: "Width", default: 4, min: 1, max: 9, unit: "channels" },
];

const STEPS = Object.fromEntries(["begin", "add", "mend", "train"].map((step) => [`step_${step}`, step]));

/** The traits as Python sends them. */
export const GOOD: Readonly<Record<string, unknown>> = {
  layer_stack: GPT,
  config: { name: "gpt" },
  edition: "",
  origin: { place: "cell", session: "1" },
  readonly: false,
  locked: [],
  allowed: null,
  hints: true,
  given: [],
  refusal: "",
  palette: [
    { type: "transformerBlock", title: "Block", container: true, newNode: { type: "transformerBlock", data: {} } },
    { type: "linear", title: "Linear", colour: { light: "#fff", dark: "#000" }, fields: FIELDS, help: "Help." },
  ],
  analysis: {
    problems: [{ layer_id: "head", field: "kind", severity: "error", message: "no", mend: {}, mend_title: "Mend" }],
    layers: { head: { out: ["B", "T", 10], parameters: 640, resolved: { kind: "a" } } },
    total: { parameters: 640, context_length: 8, vocab_size: 10 },
    offers: [],
    revision: 1,
    edition: "",
  },
  texts: {
    nothing_selected: "Click",
    language_code: "en",
    other_language: "한국어",
    other_language_code: "ko",
    broken: "Broken",
    ...STEPS,
  },
  costs: { revision: 1, batch_size: 1, context_length: 8, precision: "fp32", total: { flops: 1 }, layers: {} },
  workload: { batch_size: 1, context_length: null, precision: "fp32" },
  comparison: {
    name: "other",
    layer_stack: GPT,
    analysis: {},
    difference: { layers: [{ kind: "same", a: "head", b: "head", words: ["x"] }], totals: [{ words: "y" }] },
  },
  file_state: { path: "a.slm.json", state: "saved", words: "saved", trouble: false },
  opened: 0,
  folded: [],
  language: "en",
  height_px: 500,
};

/** A page with an editor, whose traits a test sets as Python would. */
export async function openEditor(traits: Readonly<Record<string, unknown>>) {
  const state: Record<string, unknown> = { ...GOOD, ...traits };
  const asked: unknown[] = [];
  const listeners = new Map<string, Set<(...values: unknown[]) => void>>();
  const of = (event: string) => listeners.get(event) ?? new Set();
  const fire = (event: string) => [...of(event)].map((call) => call());
  const model = {
    get: (name: string) => state[name],
    set: (name: string, value: unknown) => {
      state[name] = value;
      fire(`change:${name}`);
    },
    on: (event: string, call: () => void) => void listeners.set(event, of(event).add(call)),
    off: (event: string, call: () => void) => void of(event).delete(call),
    save_changes: () => {},
    send: (content: unknown) => void asked.push(content),
    widget_manager: {},
  };
  const el = document.createElement("div");
  document.body.append(el);
  const { initialize, render } = widget();
  initialize({ model } as unknown as Parameters<typeof initialize>[0]);
  let end: unknown;
  await act(async () => {
    end = await render({ model, el } as unknown as Parameters<typeof render>[0]);
  });
  return {
    asked,
    assign: (name: string, value: unknown) => act(async () => model.set(name, value)),
    close: () => act(async () => typeof end === "function" && end()).then(() => el.remove()),
  };
}

/** What has this test id in the page. */
export const shown = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
