// The fields of a node beside its settings, of blocks, and of the flow itself: written as schemas, drawn by the same form.
import type { Flow, NodeTypeView } from '../api';
import type { JsonObject, Schema } from '../kit';

const choice = (value: string, title: string, description?: string): JsonObject => ({
  const: value,
  title,
  ...(description !== undefined && { description }),
});

const LENGTH = 'Seconds, or a number with ms, s, m, h or d.';

/** What stands beside `settings`: errors, retries, when the node runs. */
export function optionsSchema(type: NodeTypeView | undefined): Schema {
  const several = (type?.inputs.length ?? 0) > 1;
  return {
    type: 'object',
    properties: {
      on_error: {
        title: 'When an item fails',
        oneOf: [
          choice('stop', 'Stop the run'),
          choice('continue', 'Go on with it', 'It leaves by the first output, with its error.'),
          choice('port', 'Send it to the error port', 'The node gets one more output.'),
        ],
        default: 'stop',
      },
      retry: {
        title: 'Try again',
        description: 'Connection errors, timeouts and busy servers are tried again before an item counts as failed.',
        anyOf: [
          {
            type: 'object',
            properties: {
              times: { title: 'Times', type: 'integer', minimum: 0, default: 3 },
              base: { title: 'First wait', description: LENGTH, default: 1 },
              factor: { title: 'Each further wait is longer by', type: 'number', minimum: 1, maximum: 100, default: 2 },
              cap: { title: 'Longest wait', default: 60 },
            },
          },
          { type: 'null' },
        ],
      },
      timeout: { title: 'Time limit of an attempt', description: LENGTH },
      ...(type?.trigger !== true && {
        concurrency: { title: 'Items at once', type: 'integer', minimum: 1 },
        join: {
          title: 'Runs',
          anyOf: [
            choice('each', 'For each delivery'),
            choice('all', 'Once, when everything has come'),
            choice('any', 'Once, at the first delivery'),
            {
              type: 'object',
              title: 'Once, after some deliveries',
              properties: { n: { title: 'Deliveries', type: 'integer', minimum: 1 } },
              required: ['n'],
            },
          ],
          description: several ? 'Without a choice it waits for everything.' : 'Without a choice the node type decides.',
        },
        run_on_empty: { title: 'Run when nothing comes', type: 'boolean', description: 'Else the node is skipped.' },
      }),
      emit_if_empty: { title: 'Give an empty item instead of none', type: 'boolean', default: false },
      disabled: {
        title: 'Switched off',
        anyOf: [choice('bypass', 'Items pass through'), choice('off', 'Items stop here'), { type: 'null' }],
      },
    },
  };
}

/** Shown on a tab or page of their own. */
export const OPTION_KEYS_ELSEWHERE: readonly string[] = ['note', 'as'];

const DYES = ['weld', 'woad', 'walnut', 'greenweed', 'verdigris', 'logwood', 'orchil', 'saffron', 'madder', 'iron', 'linen'];
const dye = (preset: string): JsonObject => ({ title: 'Dye', enum: DYES, default: preset });

/** The fields of a block, with what it can point at in this flow. */
export function blockSchema(kind: string, flow: Flow, typeOf: (id: string) => NodeTypeView | undefined): Schema {
  switch (kind) {
    case 'note':
      return {
        type: 'object',
        properties: { text: { title: 'Text', type: 'string', format: 'markdown', description: 'Markdown.' }, dye: dye('weld') },
      };
    case 'frame':
      return {
        type: 'object',
        properties: {
          name: { title: 'Name', type: 'string' },
          dye: dye('woad'),
          members: {
            title: 'Members',
            type: 'array',
            items: {
              oneOf: [...flow.nodes, ...flow.blocks.map((b) => ({ id: b.id, name: nameOfBlock(b.fields, b.id) }))].map((n) =>
                choice(n.id, n.name),
              ),
            },
          },
        },
      };
    case 'view':
      return viewSchema(flow, typeOf);
    default:
      return { type: 'object', additionalProperties: {} };
  }
}

function nameOfBlock(fields: Record<string, unknown>, id: string): string {
  const name = fields.name ?? fields.title ?? fields.text;
  return typeof name === 'string' && name !== '' ? (name.split('\n')[0]?.slice(0, 40) ?? id) : id;
}

function viewSchema(flow: Flow, typeOf: (id: string) => NodeTypeView | undefined): Schema {
  const ports = flow.nodes.flatMap((node) => {
    const outputs = typeOf(node.type)?.outputs ?? [{ name: 'out', label: '' }];
    return outputs.map((port) =>
      choice(`${node.id}.${port.name}`, outputs.length > 1 ? `${node.name}, ${port.label || port.name}` : node.name),
    );
  });
  const chart: JsonObject = { field: 'show', equals: ['chart'] };
  return {
    type: 'object',
    properties: {
      title: { title: 'Title', type: 'string' },
      of: { title: 'Output of', oneOf: ports },
      show: { title: 'Show', oneOf: [choice('table', 'Table'), choice('chart', 'Chart')], default: 'table' },
      x: { title: 'Along the bottom', type: 'string', description: 'A field of the items.', 'x-weft-when': chart },
      series: {
        title: 'Series',
        type: 'array',
        'x-weft-when': chart,
        items: {
          type: 'object',
          required: ['field', 'as'],
          properties: {
            field: { title: 'Field', type: 'string' },
            as: { title: 'Drawn as', oneOf: [choice('bars', 'Bars'), choice('line', 'Line')] },
            name: { title: 'Name', type: 'string' },
            axis: { title: 'Scale', oneOf: [choice('left', 'Left'), choice('right', 'Right')], default: 'left' },
          },
        },
      },
    },
  };
}

/** The flow's own keys. */
export const FLOW_SCHEMA: Schema = {
  type: 'object',
  properties: {
    description: { title: 'Description', type: 'string', format: 'multiline' },
    durability: {
      title: 'What is kept of a run',
      oneOf: [
        choice('step', 'Every step', 'A run goes on after a crash where it was.'),
        choice('run', 'The run', 'Faster; a power cut may repeat steps.'),
        choice('none', 'Nothing', 'The last runs stay in memory only.'),
      ],
      default: 'step',
    },
    order: {
      title: 'Order',
      oneOf: [choice('parallel', 'Steps run side by side'), choice('ordered', 'One step at a time')],
      default: 'parallel',
    },
    timeout: { title: 'Time limit of a run', description: LENGTH },
    config: {
      title: 'Config values',
      type: 'object',
      additionalProperties: {},
      description: 'Values that expressions read as ctx.config.',
    },
    env: {
      title: 'Environment variables',
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Expressions read these as ctx.env.',
    },
  },
};

/** Keys of the document that nobody edits by hand. */
export const FLOW_KEYS_ELSEWHERE: readonly string[] = ['weft', 'id', 'name'];
