// A new flow, in a tab of its own.
import { call, keepFlow } from '../api';
import { problem } from '../kit';
import { showFlow } from './screen';

export async function newFlow(name = 'Untitled flow') {
  try {
    const flow = keepFlow(await call('flow_new', { name }));
    showFlow(flow.id);
  } catch (error) {
    problem(error);
  }
}
