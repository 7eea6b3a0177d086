// The inspector: what is selected, and its fields; the flow itself where nothing is.
import { useEffect, useRef } from 'react';
import { useFlow } from '../api';
import { useScreen, useSelection } from '../app';
import { BlockInspector } from './BlockInspector';
import { EdgeInspector } from './EdgeInspector';
import { FlowInspector } from './FlowInspector';
import classes from './inspector.module.css';
import { NodeInspector } from './NodeInspector';
import { SeveralInspector } from './SeveralInspector';

const FIELDS = 'input:not([type=hidden]):not([disabled]), textarea:not([disabled]), .cm-content, button:not([disabled])';

export function Inspector({ flow: id }: { flow: string }) {
  const flow = useFlow(id);
  const selection = useSelection(id);
  const root = useRef<HTMLDivElement>(null);
  const focusField = useScreen((s) => s.focusField);
  const focusName = useScreen((s) => s.focusName);

  const asked = useRef({ focusField, focusName });
  useEffect(() => {
    const before = asked.current;
    asked.current = { focusField, focusName };
    const panel = root.current;
    if (!panel) return;
    if (focusName !== before.focusName) panel.querySelector<HTMLInputElement>('[data-inspector-name]')?.select();
    else if (focusField !== before.focusField) {
      const body = panel.querySelector('[role=tabpanel]');
      (body?.querySelector<HTMLElement>(FIELDS) ?? panel.querySelector<HTMLElement>('[role=tab]'))?.focus();
    }
  }, [focusField, focusName]);

  if (!flow) return null;
  const chosen = selection.length === 1 ? selection[0] : undefined;
  const node = flow.nodes.find((one) => one.id === chosen);
  const block = flow.blocks.find((one) => one.id === chosen);
  const edge = flow.edges.find((one) => one.id === chosen);
  return (
    <div ref={root} className={classes.inspector}>
      {node ? (
        <NodeInspector key={node.id} flow={flow} node={node} />
      ) : block ? (
        <BlockInspector key={block.id} flow={flow} block={block} />
      ) : edge ? (
        <EdgeInspector key={edge.id} flow={flow} edge={edge} />
      ) : selection.length > 1 ? (
        <SeveralInspector flow={flow} ids={selection} />
      ) : (
        <FlowInspector flow={flow} />
      )}
    </div>
  );
}
