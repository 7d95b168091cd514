interface Props {
  readonly id: string;
  readonly testId: string;
  readonly describedBy: string;
  readonly isWrong: boolean;
  readonly words: string;
}

/** A value to be read: it takes the focus and can be copied, as a disabled list could not. */
export function ReadOnlyInput({ id, testId, describedBy, isWrong, words }: Props) {
  return (
    <input
      id={id}
      data-testid={testId}
      className="slm-input"
      type="text"
      readOnly
      aria-describedby={describedBy}
      aria-invalid={isWrong}
      value={words}
    />
  );
}
