// A node type's own page, over the inspector.
import { useEffect, useState } from 'react';
import Markdown from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { asProblem, call, type NodeHelp, type Problem } from '../api';
import { CodeEditor, IconButton } from '../kit';
import classes from './inspector.module.css';

export function Help({ type, title, close }: { type: string; title: string; close(): void }) {
  const [help, setHelp] = useState<NodeHelp | Problem | null>(null);
  useEffect(() => {
    let here = true;
    call('node_help', { type }).then(
      (got) => here && setHelp(got),
      (error) => here && setHelp(asProblem(error)),
    );
    return () => {
      here = false;
    };
  }, [type]);
  return (
    <section
      className={classes.help}
      aria-label={`Help: ${title}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <div className={classes.helphead}>
        <span className="grow cut">{title}</span>
        <IconButton icon="close" label="Close help" size={14} box={24} onClick={close} autoFocus />
      </div>
      <div className={classes.read}>
        {help === null ? null : 'code' in help ? (
          <p>
            {help.message} {help.help}
          </p>
        ) : (
          <>
            <Markdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={{ a: OutLink }}>
              {help.readme}
            </Markdown>
            {help.example.trim() !== '' && (
              <>
                <h2>Example</h2>
                <div className={classes.well}>
                  <CodeEditor value={help.example} language="yaml" label="Example flow" readOnly />
                </div>
              </>
            )}
          </>
        )}
      </div>
    </section>
  );
}

/** Links leave the program: only real addresses do, in a window of their own. */
function OutLink({ href, children }: { href?: string | undefined; children?: React.ReactNode }) {
  if (!href || !/^https?:/.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}
