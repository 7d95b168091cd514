import type { Analysis, Colour, Costs, Field, Palette, PaletteEntry, Problem, Shares, Texts } from "../../wire/types";
import { problemWords } from "../inspector/problemWords";
import { idOf } from "../stack/ids";
import type { Item } from "../stack/outline";
import { repeatField } from "../stack/paletteFacts";
import type { ProblemsById } from "../stack/problems";
import { fill, formatCount, formatShape, formatShare } from "./format";
import { nodeTitle, summary } from "./summary";

/** Everything that a card shows, as words. */
export interface CardFacts {
  readonly title: string;
  readonly summary: string;
  readonly shape: string;
  readonly parameters: string;
  /** Its part of the arithmetic, 0 to 1; null while nobody knows, or where it is next to nothing. */
  readonly share: number | null;
  /** Its parts of the arithmetic and of the parameters. */
  readonly shareWords: string;
  /** What it does, and its parts of the whole. */
  readonly help: string;
  readonly problem: Problem | null;
  /** How many problems it has beyond the one shown. */
  readonly further: string;
  /** The colour of its group; null for a layer type that nobody knows. */
  readonly colour: Colour | null;
  /** Whether all of it goes on one line, as for layers with hardly any settings. */
  readonly isShort: boolean;
  /** A block's repeats. */
  readonly repeats: { readonly name: string; readonly value: unknown; readonly title: string } | null;
}

export interface FactSources {
  readonly palette: Palette;
  readonly analysis: Analysis;
  readonly costs?: Costs | undefined;
  readonly problems: ProblemsById;
  readonly texts: Texts;
}

const FEW = 1;
/** Below it a bar would be a dot. */
const LEAST_SHARE = 0.005;
const isSetting = (field: Field) => field.name !== "label" && field.kind !== "reference";

/** A problem that calls its field what the form calls it. */
function inWords(problem: Problem | undefined, entry: PaletteEntry | undefined): Problem | null {
  const field = entry?.fields.find(({ name }) => name === problem?.field);
  if (!problem || !field) return problem ?? null;
  return { ...problem, text: problemWords(problem.text, field.name, field.title) };
}

/** Whether cards of a type need only one line. */
export function isShort(entry: PaletteEntry | undefined): boolean {
  return entry !== undefined && (entry.container || entry.fields.filter(isSetting).length <= FEW);
}

export function cardFacts(item: Item, { palette, analysis, costs, problems, texts }: FactSources): CardFacts {
  const { node } = item;
  const entry = palette.get(node.type);
  const report = analysis.layers.get(idOf(node) ?? item.key);
  const own = problems.get(idOf(node) ?? item.key) ?? [];
  const counted = report?.parameters ?? null;
  const repeat = repeatField(palette, node.type);
  const shares = costs?.layers.get(idOf(node) ?? item.key);
  const parts = shares ? shareWords(shares, texts) : "";
  return {
    title: nodeTitle(node, entry),
    summary: entry ? (repeat ? "" : summary(node, entry)) : (texts.unknown_type ?? ""),
    shape: formatShape(report?.out ?? null),
    parameters: counted === null ? "" : fill(texts.card_parameters, { n: formatCount(counted) }),
    share: shares && shares.flops >= LEAST_SHARE ? shares.flops : null,
    shareWords: parts,
    help: [entry?.summary, parts].filter(Boolean).join("\n"),
    problem: inWords(own[0], entry),
    further: own.length > 1 ? fill(texts.further_problems, { n: own.length - 1 }) : "",
    isShort: isShort(entry),
    colour: entry?.colour ?? null,
    repeats: repeat
      ? { name: repeat.name, value: node.data[repeat.name] ?? repeat.default, title: repeat.title }
      : null,
  };
}

function shareWords({ flops, parameters }: Shares, texts: Texts): string {
  const words = [
    flops >= LEAST_SHARE ? fill(texts.share_flops, { n: formatShare(flops) }) : "",
    parameters >= LEAST_SHARE ? fill(texts.share_parameters, { n: formatShare(parameters) }) : "",
  ];
  return words.filter(Boolean).join(", ");
}
