import type { Texts } from "../../wire/types";
import type { Broken, Reason } from "./rules";

/** What is said of a broken rule, in the chosen language. */
export function ruleWords({ reason, id, type }: Broken, texts: Texts): string {
  const words: Readonly<Record<Reason, string | undefined>> = {
    readonly: texts.rule_readonly,
    added: texts.rule_added,
    removed: texts.rule_removed,
    twice: texts.rule_twice,
    changed: texts.rule_changed,
    block: texts.rule_block,
    order: texts.rule_order,
  };
  return (words[reason] ?? "").replaceAll("{type}", () => type).replaceAll("{id}", () => id ?? "");
}
