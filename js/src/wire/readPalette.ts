import { readFormulas } from "./readFormula";
import { readWords as text } from "./readPlain";
import { isRecord, readStack } from "./readStack";
import type { Choice, Colour, Field, Palette, PaletteEntry, Paper } from "./types";

const KINDS = new Set(["integer", "number", "boolean", "choice", "text", "reference", "group"]);

/** The layer types by name, in Python's order. */
export function readPalette(value: unknown): Palette {
  const entries = Array.isArray(value) ? value.filter(isRecord).map(readEntry) : [];
  return new Map(entries.map((entry) => [entry.type, entry]));
}

function readEntry(value: Record<string, unknown>): PaletteEntry {
  const type = text(value.type);
  return {
    type,
    title: text(value.title) || type,
    group: text(value.group),
    groupTitle: text(value.groupTitle),
    colour: readColour(value.colour),
    summary: text(value.summary),
    help: text(value.help),
    formulas: readFormulas(value.formulas),
    letters: text(value.letters),
    papers: readPapers(value.papers),
    container: value.container === true,
    readsTokens: value.readsTokens === true,
    newNode: readStack([value.newNode ?? { type }])[0] ?? { type, data: {} },
    fields: readFields(value.fields),
  };
}

function readColour(value: unknown): Colour | null {
  return isRecord(value) ? { light: text(value.light), dark: text(value.dark) } : null;
}

/** Only an https address becomes a link: a layer of somebody else's package must not bring a script. */
function readPapers(value: unknown): Paper[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((paper) => {
    const link = text(paper.link);
    return { title: text(paper.title) || link, link: /^https:\/\//i.test(link) ? link : "" };
  });
}

function readFields(value: unknown): Field[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter(isRecord)
    .filter((field) => KINDS.has(text(field.kind)))
    .map((field) => ({
      kind: field.kind as Field["kind"],
      name: text(field.name),
      title: text(field.title) || text(field.name),
      help: text(field.help),
      default: field.default,
      nullable: field.nullable === true,
      unit: text(field.unit),
      allowed: text(field.allowed),
      flows: field.flows !== false,
      ...(typeof field.min === "number" ? { min: field.min } : {}),
      ...(typeof field.max === "number" ? { max: field.max } : {}),
      ...(Array.isArray(field.choices) ? { choices: readChoices(field.choices) } : {}),
      ...(Array.isArray(field.fields) ? { fields: readFields(field.fields) } : {}),
    }));
}

function readChoices(value: readonly unknown[]): Choice[] {
  return value.filter(isRecord).map((choice) => ({ value: choice.value, title: text(choice.title) }));
}
