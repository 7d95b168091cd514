import { Component, type ReactNode } from "react";

interface Props {
  readonly heading: string | undefined;
  readonly retry: string | undefined;
  /** When it changes (another design has come), drawing is tried again. */
  readonly content: unknown;
  readonly children: ReactNode;
}

interface State {
  readonly error: unknown;
  readonly content: unknown;
}

/** Shows what went wrong where the editor would have been; the design itself is safe in Python. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, content: this.props.content };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.content === state.content ? null : { error: null, content: props.content };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="slm-broken" role="alert" data-testid="broken">
        <strong>{this.props.heading}</strong>
        <pre>{error instanceof Error ? error.message : String(error)}</pre>
        <button type="button" className="slm-button" onClick={() => this.setState({ error: null })}>
          {this.props.retry}
        </button>
      </div>
    );
  }
}
