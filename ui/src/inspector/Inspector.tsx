// The inspector: settings of the selected node.
export function Inspector(_: { flow: string }) {
  return null;
}
