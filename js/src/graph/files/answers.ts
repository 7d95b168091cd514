// Python's answers about presets and files, as the page reads them.

import { isRecord, readStack } from "../../wire/readStack";
import type { Colour, LayerStack } from "../../wire/types";

/** A design to draw, and the number that Python knows its config by. */
export interface OpenedDesign {
  readonly stack: LayerStack;
  readonly number: number;
  /** What was found in its source and cannot be seen in the drawing. */
  readonly notes: readonly string[];
}

/** One layer in the sketch of a design. */
export interface Bar {
  readonly colour: Colour;
  readonly depth: number;
  /** How often a block repeats what follows one step deeper; null for a layer. */
  readonly repeats: number | null;
}

export interface PresetCard {
  readonly name: string;
  readonly parameters: number;
  readonly purpose: string;
  /** Whether it is one to read rather than to train. */
  readonly published: boolean;
  readonly sketch: readonly Bar[];
}

/** How the file that keeps the drawing stands to it; an empty path where there is none. */
export interface FileState {
  readonly path: string;
  readonly state: string;
  readonly words: string;
  /** Whether somebody has to know. */
  readonly isTrouble: boolean;
}

export interface SavedForm {
  readonly name: string;
  readonly text: string;
}

export function readOpened(value: unknown): OpenedDesign {
  const answer = isRecord(value) ? value : {};
  const notes = Array.isArray(answer.notes) ? answer.notes.map(String) : [];
  return { stack: readStack(answer.layer_stack), number: count(answer.opened), notes };
}

export function readPresets(value: unknown): PresetCard[] {
  const cards = Array.isArray(value) ? value.filter(isRecord) : [];
  return cards.map(({ name, parameters, purpose, published, sketch }) => ({
    name: text(name),
    parameters: count(parameters),
    purpose: text(purpose),
    published: published === true,
    sketch: Array.isArray(sketch) ? sketch.filter(isRecord).map(readBar) : [],
  }));
}

export function readFileState(value: unknown): FileState {
  const { path, state, words, trouble } = isRecord(value) ? value : {};
  return { path: text(path), state: text(state), words: text(words), isTrouble: trouble === true };
}

export function readSavedForm(value: unknown): SavedForm {
  const { name, text: words } = isRecord(value) ? value : {};
  return { name: text(name) || "model.slm.json", text: text(words) };
}

/** The code, which comes alone or together with the lines of its layers. */
export function readCodeText(value: unknown): string {
  return text(isRecord(value) ? value.text : value);
}

function readBar({ colour, depth, repeats }: Record<string, unknown>): Bar {
  const { light, dark } = isRecord(colour) ? colour : {};
  return {
    colour: { light: text(light), dark: text(dark) },
    depth: count(depth),
    repeats: typeof repeats === "number" ? repeats : null,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
