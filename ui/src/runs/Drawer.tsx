// The drawer: what went in and came out of a node.
export function Drawer(_: { flow: string }) {
  return null;
}
