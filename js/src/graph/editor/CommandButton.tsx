import type { Texts } from "../../wire/types";
import { commandTitle } from "./commandMenus";
import { type Command, type Commands, runCommand } from "./commands";
import { Icon, type IconName } from "./icons";

interface Props {
  readonly icon: IconName;
  readonly command: Command;
  readonly commands: Commands;
  readonly texts: Texts;
}

/** A picture to press. */
export function CommandButton({ icon, command, commands, texts }: Props) {
  const title = commandTitle(command, texts);
  return (
    <button
      type="button"
      className="slm-button"
      data-testid={command}
      title={title}
      aria-label={title}
      // A disabled button would lose the focus when it has undone the last step, and keys would reach the notebook.
      aria-disabled={commands[command].isOff || undefined}
      onClick={() => runCommand(commands, command)}
    >
      <Icon name={icon} />
    </button>
  );
}
