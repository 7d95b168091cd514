import type { Texts } from "../../wire/types";
import type { MenuEntry } from "../menu/Menu";
import { type Command, type Commands, runCommand, SHORTCUTS } from "./commands";

type Groups = readonly (readonly Command[])[];

/** What changes the design; also what a right click on a layer offers. */
export const EDIT: Groups = [
  ["undo", "redo"],
  ["cut", "copy", "paste", "duplicate", "remove"],
  ["wrap", "unwrap", "moveUp", "moveDown", "rename"],
  ["selectAll"],
];

/** What changes only how it is seen. */
export const VIEW: Groups = [
  ["zoomIn", "zoomOut", "fit"],
  ["fold", "foldAll", "unfoldAll"],
  ["shapes"],
  ["nextProblem", "help"],
];

interface Options {
  readonly texts: Texts;
  readonly commands: Commands;
}

export function commandGroups(groups: Groups, { texts, commands }: Options): MenuEntry[][] {
  return groups.map((group) =>
    group.map((command) => ({
      id: `menu-${command}`,
      title: texts[`command_${command}`] ?? command,
      shortcut: SHORTCUTS[command],
      isOff: commands[command].isOff,
      isOn: commands[command].isOn,
      onPick: () => runCommand(commands, command),
    })),
  );
}

/** "Undo (Ctrl+Z)" */
export function commandTitle(command: Command, texts: Texts): string {
  const title = texts[`command_${command}`] ?? command;
  return SHORTCUTS[command] ? `${title} (${SHORTCUTS[command]})` : title;
}
