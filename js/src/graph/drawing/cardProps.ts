import type { HTMLAttributes } from "react";
import { hue } from "./hue";
import type { CardData } from "./nodeTypes";

/** The attributes that cards and frames share: role, colours, test id, and how they are grabbed. */
export function cardProps(data: CardData): HTMLAttributes<HTMLDivElement> {
  const { item, facts, depth } = data;
  const { title, summary, shape, parameters, problem } = facts;
  return {
    id: data.domId,
    role: "treeitem",
    title: facts.help,
    "aria-level": depth + 1,
    "aria-selected": data.isSelected,
    "aria-label": [title, summary, shape, parameters, problem?.text].filter(Boolean).join(", "),
    onPointerDown: (event) => data.onGrab(item, event),
    ...hue(facts.colour),
    ...{
      "data-testid": `node-${item.key}`,
      "data-selected": data.isSelected || undefined,
      "data-dragged": data.isDragged || undefined,
      "data-target": data.isTarget || undefined,
      "data-problem": problem?.severity,
    },
  };
}
