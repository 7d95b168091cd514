import type { Analysis, Colour, Field, Palette, Problem, Texts } from "../../wire/types";
import { idOf } from "../stack/ids";
import type { Item } from "../stack/outline";
import { repeatField } from "../stack/paletteFacts";
import type { ProblemsById } from "../stack/problems";
import { fill, formatCount, formatShape } from "./format";
import { nodeTitle, summary } from "./summary";

/** Everything that a card shows, as words. */
export interface CardFacts {
  readonly title: string;
  readonly summary: string;
  readonly shape: string;
  readonly parameters: string;
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
  readonly problems: ProblemsById;
  readonly texts: Texts;
}

const FEW = 1;
const isSetting = (field: Field) => field.name !== "label" && field.kind !== "reference";

export function cardFacts(item: Item, { palette, analysis, problems, texts }: FactSources): CardFacts {
  const { node } = item;
  const entry = palette.get(node.type);
  const report = analysis.layers.get(idOf(node) ?? item.key);
  const own = problems.get(idOf(node) ?? item.key) ?? [];
  const counted = report?.parameters ?? null;
  const repeat = repeatField(palette, node.type);
  return {
    title: nodeTitle(node, entry),
    summary: entry ? (repeat ? "" : summary(node, entry)) : (texts.unknown_type ?? ""),
    shape: formatShape(report?.out ?? null),
    parameters: counted === null ? "" : fill(texts.card_parameters, { n: formatCount(counted) }),
    help: entry?.summary ?? "",
    problem: own[0] ?? null,
    further: own.length > 1 ? fill(texts.further_problems, { n: own.length - 1 }) : "",
    isShort: entry !== undefined && (entry.container || entry.fields.filter(isSetting).length <= FEW),
    colour: entry?.colour ?? null,
    repeats: repeat
      ? { name: repeat.name, value: node.data[repeat.name] ?? repeat.default, title: repeat.title }
      : null,
  };
}
