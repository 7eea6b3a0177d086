// Keeps what broke in one part of the window from taking the rest along.
import { Component, type ReactNode } from 'react';
import { Button } from './controls';

interface Props {
  /** What it is, for the sentence: "The inspector". */
  what: string;
  children: ReactNode;
}

export class Fence extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="fence" role="alert">
        <p className="b">{this.props.what} could not be drawn.</p>
        <p className="i2">{error.message}</p>
        <Button small icon="again" onClick={() => this.setState({ error: null })}>
          Draw it again
        </Button>
      </div>
    );
  }
}
