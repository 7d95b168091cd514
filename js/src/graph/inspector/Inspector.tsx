import type { Data, LayerStack, Palette, Problem, Texts } from "../../wire/types";
import { nodeTitle } from "../drawing/summary";
import type { Item } from "../stack/outline";
import { LayerForm } from "./LayerForm";
import { ProblemNote } from "./ProblemNote";

interface Props {
  readonly item: Item;
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly problems: readonly Problem[];
  readonly texts: Texts;
  readonly jumps: number;
  readonly onField: (item: Item, name: string, value: unknown) => void;
  readonly onSettle: () => void;
  readonly onMend: (item: Item, fields: Data) => void;
}

/** The selected layer: what it is, what is wrong with it, its form, its help. */
export function Inspector(props: Props) {
  const { item, stack, palette, problems, texts, jumps, onField, onSettle } = props;
  const { node, path, key } = item;
  const entry = palette.get(node.type);
  const fields = new Set(entry?.fields.map((field) => field.name));
  const onMend = (values: Data) => props.onMend(item, values);
  const elsewhere = problems.filter((problem) => !fields.has(problem.field?.split(".")[0] ?? ""));
  return (
    <>
      <header className="slm-pane-header">
        <h3>{nodeTitle(node, entry)}</h3>
        <code className="slm-id">{key}</code>
      </header>
      {elsewhere.map((problem) => (
        <ProblemNote key={problem.text} problem={problem} onMend={onMend} />
      ))}
      {entry ? (
        <LayerForm
          key={key}
          node={node}
          entry={entry}
          problems={problems}
          form={{ stack, path, palette, texts, jumps, onSettle, onMend }}
          onField={(name, value) => onField(item, name, value)}
        />
      ) : (
        <p className="slm-muted">{texts.unknown_type_help}</p>
      )}
      {entry?.help && (
        <section className="slm-help" aria-label={texts.about}>
          <h4>{texts.about}</h4>
          {entry.help.split("\n").map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </section>
      )}
    </>
  );
}
