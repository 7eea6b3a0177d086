import { beforeEach, describe, expect, it } from 'vitest';
import { NodeWindow } from './window';

const boxes = Array.from({ length: 400 }, (_, i) => ({
  id: `n${i}`,
  x: (i % 20) * 240,
  y: Math.floor(i / 20) * 120,
  w: 172,
  h: 79,
}));
let frames: (() => void)[] = [];
let timers: (() => void)[] = [];
let told = 0;
let now = 0;
let list = boxes;

const make = () =>
  new NodeWindow({
    boxes: () => list,
    changed: () => void told++,
    frame: (run) => void frames.push(run),
    now: () => now,
    later: (run) => void timers.push(run),
  });
const drain = () => {
  for (let i = 0; frames.length > 0 && i < 500; i++) frames.shift()!();
};
const view = (x: number, y: number, z = 1) => ({ x, y, w: 1000 / z, h: 600 / z });

beforeEach(() => {
  frames = [];
  timers = [];
  told = 0;
  now = 1000;
  list = boxes;
});

describe('the window of nodes', () => {
  it('mounts what is in view and around it, at once the first time', () => {
    const w = make();
    w.see(view(0, 0), 1);
    expect(frames).toHaveLength(0);
    expect(w.shown.has('n0')).toBe(true);
    expect(w.shown.size).toBeGreaterThan(20);
    expect(w.shown.size).toBeLessThan(120);
    expect(w.shown.has('n399')).toBe(false);
  });

  it('stays while the view stays inside it', () => {
    const w = make();
    w.see(view(1000, 600), 1);
    const before = told;
    w.see(view(1100, 650), 1);
    expect(told).toBe(before);
  });

  it('mounts the next ones a few a frame, nearest first, and drops what is far', () => {
    const w = make();
    w.see(view(0, 0), 1);
    now += 1000;
    w.see(view(3000, 1500), 1);
    expect(w.shown.has('n0')).toBe(false);
    expect(w.shown.size).toBe(0);
    frames.shift()!();
    expect(w.shown.size).toBeLessThanOrEqual(12);
    const near = [...w.shown][0]!;
    const box = boxes.find((b) => b.id === near)!;
    expect(Math.hypot(box.x + 86 - 3500, box.y + 40 - 1800)).toBeLessThan(240);
    drain();
    const inView = boxes.filter((b) => b.x < 4000 && b.x + b.w > 3000 && b.y < 2100 && b.y + b.h > 1500);
    expect(inView.every((b) => w.shown.has(b.id))).toBe(true);
  });

  it('mounts nothing while zooming, and everything when the zoom rests', () => {
    const w = make();
    w.see(view(0, 0), 1);
    const before = w.shown.size;
    for (const z of [0.9, 0.8, 0.7, 0.6]) w.see(view(0, 0, z), z);
    expect(w.shown.size).toBe(before);
    for (const run of timers) run();
    drain();
    expect(w.shown.size).toBeGreaterThan(before);
  });

  it('mounts no card where everything is far away, and comes back', () => {
    const w = make();
    w.see(view(0, 0), 1);
    w.see(view(0, 0, 0.2), 0.2);
    expect(w.shown.size).toBe(0);
    w.refresh();
    expect(w.shown.size).toBe(0);
    w.see(view(0, 0, 0.5), 0.5);
    for (const run of timers) run();
    drain();
    expect(w.shown.has('n0')).toBe(true);
  });

  it('keeps what it was told to keep, wherever the view is', () => {
    const w = make();
    w.see(view(0, 0), 1);
    w.kept.add('n0');
    w.see(view(3000, 1500), 1);
    drain();
    expect(w.shown.has('n0')).toBe(true);
  });

  it('shows a box that was just added without waiting', () => {
    const w = make();
    w.see(view(0, 0), 1);
    list = [...boxes, { id: 'new', x: 100, y: 100, w: 172, h: 79 }];
    w.refresh();
    expect(w.shown.has('new')).toBe(true);
  });
});
