// What the form may ask: expressions on the values of a run, secrets by name, files of the workspace.
import { useMemo } from 'react';
import { call } from '../api';
import type { FormServices, Json } from '../kit';

/** Services for the settings of a node; without a run there is nothing to try an expression on. */
export function useServices(flow: string, node: string | null, run: string | null): FormServices {
  return useMemo(
    () => ({
      ...(node !== null && {
        tryExpression: async (value: Json, item: number) => {
          const answer = await call('expression_try', { flow, node, value, run, item });
          return {
            value: (answer.value ?? (answer.kind === 'undefined' ? undefined : null)) as Json | undefined,
            kind: answer.kind,
            items: answer.items,
            ...(answer.problem && { problem: answer.problem }),
            ...(answer.span && { span: answer.span }),
          };
        },
      }),
      flows: async () => (await call('flow_list', { limit: 1000 })).flows,
      secrets: async () => (await call('secret_list', {})).secrets,
      addSecret: async (secret: { name: string; value: string; hosts: string[] }) => {
        await call('secret_set', secret);
      },
      files: async (folder: string) => (await call('workspace_files', { folder })).files,
    }),
    [flow, node, run],
  );
}
