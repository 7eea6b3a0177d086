// The run strip: the shown run on a time axis.
export function RunStrip(_: { flow: string }) {
  return null;
}
