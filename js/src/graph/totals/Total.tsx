interface Props {
  readonly id: string;
  readonly title: string | undefined;
  readonly value: string;
  readonly note?: string | undefined;
  readonly help?: string | undefined;
}

/** One figure about the whole design. */
export function Total({ id, title, value, note, help }: Props) {
  return (
    <div className="slm-total" title={help}>
      <span className="slm-muted">{title}</span>
      <b data-testid={id}>{value}</b>
      {note && <span className="slm-muted">{note}</span>}
    </div>
  );
}
