import type { Field, LayerNode, PaletteEntry } from "../../wire/types";
import { INPUT } from "../stack/branches";
import { formatCount } from "./format";

const LONGEST = 40;
const BETWEEN = " · ";

/**
 * A node's own values in a few words, in the order of its form: "Heads 4 · Dropout 0.1". Values that say nothing new are
 * left out; only the first choice of a form is always told, because it is what kind of layer this is ("LayerNorm"). "← norm" comes first where
 * it reads from elsewhere.
 */
export function summary(node: LayerNode, entry: PaletteEntry | undefined): string {
  const fields = (entry?.fields ?? []).filter((field) => field.name !== "label" && field.name !== INPUT);
  const words = fields.map((field, index) => {
    const held = node.data[field.name] ?? undefined;
    if (field.kind === "choice") return choiceTitle(field, held ?? (index === 0 ? field.default : undefined));
    return held === field.default || held === "" || held === false ? "" : fieldWords(field, held);
  });
  const reads = node.data[INPUT];
  return [reads ? `← ${shorten(reads)}` : "", ...words.filter((word) => word !== "").slice(0, 3)]
    .filter((word) => word !== "")
    .join(BETWEEN);
}

/** A summary that a page breaks between its values, and never inside one. */
export function breakable(summary: string): string {
  const whole = summary.split(BETWEEN).map((words) => words.replaceAll(" ", "\u00a0"));
  return whole.join("\u00a0· ");
}

function choiceTitle(field: Field, held: unknown): string {
  if (held === undefined || held === null) return "";
  return field.choices?.find((choice) => choice.value === held)?.title ?? shorten(held);
}

function fieldWords(field: Field, held: unknown): string {
  if (held === undefined) return "";
  if (field.kind === "reference" && field.flows !== false) return `← ${shorten(held)}`;
  if (field.kind === "boolean" || field.kind === "group") return field.title;
  return `${field.title} ${typeof held === "number" ? formatCount(held) : shorten(held)}`;
}

/** The title a person sees: the node's own label, else the layer type's, else the type's bare name. */
export function nodeTitle(node: LayerNode, entry: PaletteEntry | undefined): string {
  const label = node.data.label;
  return (typeof label === "string" && label !== "" ? label : entry?.title) || node.type || "?";
}

function shorten(held: unknown): string {
  const text = typeof held === "string" ? held : JSON.stringify(held);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
