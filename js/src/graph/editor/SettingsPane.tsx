import type { Ref } from "react";
import type { Analysis, Data, LayerStack, Palette, Rules, Texts } from "../../wire/types";
import { AllProblems } from "../inspector/AllProblems";
import { Inspector } from "../inspector/Inspector";
import { ManyInspector } from "../inspector/ManyInspector";
import { Overview } from "../inspector/Overview";
import type { FieldFocus } from "../inspector/useFieldFocus";
import { idOf } from "../stack/ids";
import type { ProblemsById } from "../stack/problems";
import type { Gestures } from "./useGestures";
import type { Selection } from "./useSelection";

interface Props {
  readonly ref: Ref<HTMLElement>;
  readonly stack: LayerStack;
  readonly palette: Palette;
  readonly analysis: Analysis;
  readonly problems: ProblemsById;
  readonly texts: Texts;
  readonly rules: Rules;
  readonly jumps: number;
  readonly selection: Selection;
  readonly gestures: Gestures;
  readonly focus: FieldFocus | null;
  readonly onSettle: () => void;
  readonly onJump: (id: string, field: string | null) => void;
  readonly onMend: (key: string, fields: Data) => void;
  readonly onTake: (changes: Readonly<Record<string, Data>>) => void;
}

/** The pane at the right: the form of what is selected, or what is to be done. */
export function SettingsPane(props: Props) {
  const { ref, stack, palette, analysis, problems, texts, rules, jumps, gestures, focus, onSettle } = props;
  const { lead, chosen, keys } = props.selection;
  const { hasHints } = rules;
  const isReadOnly = rules.isReadOnly || [...keys].some((key) => rules.locked.has(key));
  const common = { texts, palette, isReadOnly, hasHints };
  const list = { ...common, analysis, onSelect: props.onJump, onMend: props.onMend };
  return (
    <aside ref={ref} className="slm-inspector" aria-label={texts.inspector} data-testid="inspector">
      {lead === null ? (
        <Overview {...list} isReadOnly={rules.isReadOnly} />
      ) : chosen.length > 1 ? (
        <ManyInspector {...{ ...common, stack, jumps, onSettle }} items={chosen} onField={gestures.setFields} />
      ) : (
        <>
          <Inspector
            item={lead}
            problems={problems.get(lead.key) ?? []}
            resolved={analysis.layers.get(idOf(lead.node) ?? lead.key)?.resolved}
            offers={analysis.offers.filter(({ id }) => id === lead.key)}
            onField={gestures.setField}
            onMend={({ key }, fields) => props.onMend(key, fields)}
            onTake={({ changes }) => props.onTake(changes)}
            onRename={gestures.rename}
            {...{ ...common, stack, jumps, focus, onSettle }}
          />
          <AllProblems {...list} />
        </>
      )}
    </aside>
  );
}
