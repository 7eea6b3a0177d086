// A step that stopped or waits for a decision: what happened, and the buttons that help.
import { useEffect, useState } from 'react';
import { type Attention, attentions, call, type Decision, type Flow, type Node, onRun, useNodeRun, useRunSummary } from '../api';
import { startRun } from '../app';
import { Button, CodeEditor, count, Icon, items, problem } from '../kit';
import { grant, needsOf } from './grant';
import classes from './inspector.module.css';
import { needWords } from './words';

export function Stopped({ flow, node, run }: { flow: Flow; node: Node; run: string | null }) {
  const step = useNodeRun(run, node.id);
  const waiting = useAttention(run, node.id);
  if (run === null) return null;
  if (waiting) return <Undecided run={run} attention={waiting} name={node.name} />;
  if (step?.status !== 'failed' || !step.problem) return null;
  return <Failed flow={flow} node={node} run={run} what={step.problem} />;
}

type FailedProps = {
  flow: Flow;
  node: Node;
  run: string;
  what: NonNullable<NonNullable<ReturnType<typeof useNodeRun>>['problem']>;
};

function Failed({ flow, node, run, what }: FailedProps) {
  const summary = useRunSummary(run);
  const needs = what.code === 'permission.needed' ? needsOf(what.details) : [];
  const again = () => void startRun(flow.id, { part: 'from_here', node: node.id, run });
  const allow = async () => {
    if (await grant(flow.id, needs)) again();
  };
  return (
    <section className={classes.stopped} aria-label="What happened" role="alert">
      <Icon name="stopped" size={16} />
      <div className="grow">
        <h3>{what.message}</h3>
        {what.help && <p>{what.help}</p>}
        <div className={classes.buttons}>
          {needs.length > 0 && (
            <Button small onClick={() => void allow()}>
              {needs.length === 1 && needs[0] ? `Allow: ${needWords(needs[0]).toLowerCase()}` : `Allow all ${needs.length}`}
            </Button>
          )}
          <Button small icon="again" onClick={again}>
            Run from here
          </Button>
        </div>
        <details>
          <summary>More</summary>
          <p>
            {summary && `Run ${count(summary.number)}, `}
            {what.item !== null && `item ${count(what.item + 1)}, `}
            {what.code}
          </p>
          {what.details !== null && what.details !== undefined && <pre>{JSON.stringify(what.details, null, 2)}</pre>}
        </details>
      </div>
    </section>
  );
}

/** Nobody knows whether a killed step changed the world; a person says so. */
function Undecided({ run, attention, name }: { run: string; attention: Attention; name: string }) {
  const [telling, setTelling] = useState(false);
  const [text, setText] = useState('[]');
  const [wrong, setWrong] = useState('');
  const decide = async (decision: Decision) => {
    try {
      await call('run_decide', { run, step: attention.step, decision });
    } catch (error) {
      problem(error);
    }
  };
  const tell = () => {
    try {
      const given: unknown = JSON.parse(text);
      void decide({ decide: 'result', items: Array.isArray(given) ? given : [given] });
    } catch {
      setWrong('This is not JSON yet. Write the items as a list: [ { … } ].');
    }
  };
  return (
    <section className={classes.stopped} data-tone="warn" aria-label="A decision is needed" role="alert">
      <Icon name="wait" size={16} />
      <div className="grow">
        <h3>Nobody knows whether {name} did its work</h3>
        <p>
          It was cut off at item {count(attention.item + 1)} of {count(attention.items)}. Look where it works, then say what
          happened.
        </p>
        {telling ? (
          <>
            <p>What it gave, as a list of items:</p>
            <div className={classes.well} style={{ marginTop: 6 }}>
              <CodeEditor value={text} language="json" label="What the step gave" onChange={setText} autoFocus />
            </div>
            {wrong && <p className="errc">{wrong}</p>}
            <div className={classes.buttons}>
              <Button small onClick={tell}>
                Go on with this
              </Button>
              <Button small look="plain" onClick={() => setTelling(false)}>
                Back
              </Button>
            </div>
          </>
        ) : (
          <div className={classes.buttons}>
            <Button small icon="again" onClick={() => void decide({ decide: 'repeat' })}>
              Do it again
            </Button>
            <Button small onClick={() => setTelling(true)}>
              It happened…
            </Button>
            <Button small onClick={() => void decide({ decide: 'fail' })}>
              Let the run fail
            </Button>
          </div>
        )}
        <p>Then this step goes on. {items(attention.items)} wait here.</p>
      </div>
    </section>
  );
}

function useAttention(run: string | null, node: string): Attention | undefined {
  const [found, setFound] = useState<Attention>();
  useEffect(() => {
    if (run === null) return setFound(undefined);
    const look = () => setFound(attentions(run).find((one) => one.node === node));
    look();
    return onRun(run, look);
  }, [run, node]);
  return found;
}
