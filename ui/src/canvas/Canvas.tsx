// The canvas of a flow.
export function Canvas(_: { flow: string }) {
  return <div data-region="canvas" />;
}
