import type { Texts } from "../../wire/types";
import { Icon, type IconName } from "./icons";

interface Props {
  readonly texts: Texts;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly hasSelection: boolean;
  readonly hasCode: boolean;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onRemove: () => void;
  readonly onDuplicate: () => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly onCode: () => void;
  readonly onLanguage: () => void;
}

export function Toolbar(props: Props) {
  const { texts, canUndo, canRedo, hasSelection } = props;
  return (
    <div className="slm-toolbar" role="toolbar" aria-label={texts.toolbar}>
      <IconButton name="undo" id="undo" title={texts.undo} isOff={!canUndo} onClick={props.onUndo} />
      <IconButton name="redo" id="redo" title={texts.redo} isOff={!canRedo} onClick={props.onRedo} />
      <span className="slm-separator" />
      <IconButton
        name="duplicate"
        id="duplicate"
        title={texts.duplicate}
        isOff={!hasSelection}
        onClick={props.onDuplicate}
      />
      <IconButton name="remove" id="delete" title={texts.delete} isOff={!hasSelection} onClick={props.onRemove} />
      <span className="slm-stretch" />
      <IconButton name="zoomOut" id="zoom-out" title={texts.zoom_out} onClick={() => props.onZoom(0.8)} />
      <IconButton name="zoomIn" id="zoom-in" title={texts.zoom_in} onClick={() => props.onZoom(1.25)} />
      <IconButton name="fit" id="fit" title={texts.fit} onClick={props.onFit} />
      <span className="slm-separator" />
      <button
        type="button"
        className="slm-button"
        data-testid="code"
        title={texts.code_help}
        aria-pressed={props.hasCode}
        onClick={props.onCode}
      >
        {texts.code}
      </button>
      <button
        type="button"
        className="slm-button"
        data-testid="language"
        title={texts.change_language}
        onClick={props.onLanguage}
      >
        {texts.other_language}
      </button>
    </div>
  );
}

interface IconButtonProps {
  readonly name: IconName;
  readonly id: string;
  readonly title: string | undefined;
  readonly isOff?: boolean;
  readonly onClick: () => void;
}

function IconButton({ name, id, title, isOff = false, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className="slm-button"
      data-testid={id}
      title={title}
      aria-label={title}
      disabled={isOff}
      onClick={onClick}
    >
      <Icon name={name} />
    </button>
  );
}
