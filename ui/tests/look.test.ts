// Promises of the interface as a whole: tokens only, one door to Tauri, features behind their index, short files.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
const files = (readdirSync(SRC, { recursive: true, encoding: 'utf8' }) as string[]).filter((f) => /\.(ts|tsx|css)$/.test(f));
const text = new Map(files.map((f) => [f.split(sep).join('/'), readFileSync(join(SRC, f), 'utf8')]));
const code = [...text].filter(([f]) => /\.tsx?$/.test(f) && !f.endsWith('generated.ts'));

describe('the look', () => {
  it('writes colours, shadows and durations in tokens.css alone', () => {
    const bad: string[] = [];
    for (const [file, body] of text) {
      if (file === 'kit/tokens.css' || file === 'kit/theme.ts' || /\.test\.tsx?$/.test(file)) continue;
      body.split('\n').forEach((line, i) => {
        const colour = file.endsWith('.css')
          ? /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i
          : /['"`]#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i;
        const shadow = /box-shadow:[^;]*\dpx|boxShadow:.*\dpx/;
        const time = file.endsWith('.css') ? /[\s(:]\d*\.?\d+m?s\b/ : /['"`]\d+m?s['"`]/;
        if (colour.test(line) || shadow.test(line) || time.test(line)) bad.push(`${file}:${i + 1}: ${line.trim()}`);
      });
    }
    expect(bad).toEqual([]);
  });

  it('keeps files short', () => {
    const long = code.filter(([f, body]) => !/\.test\./.test(f) && body.split('\n').length > 600).map(([f]) => f);
    expect(long).toEqual([]);
  });
});

describe('the folders', () => {
  const imports = code.flatMap(([file, body]) =>
    [...body.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => [file, m[1]!] as const),
  );

  it('imports Tauri in one file', () => {
    const bad = imports.filter(([file, from]) => from.startsWith('@tauri-apps') && file !== 'api/tauri.ts');
    expect(bad).toEqual([]);
  });

  it('reaches other features through their index alone', () => {
    const bad = imports.filter(([file, from]) => {
      if (!from.startsWith('.') || file === 'main.tsx') return false;
      const to = relative(SRC, normalize(join(SRC, dirname(file), from))).split(sep);
      return to[0] !== file.split('/')[0] && to.length > 1;
    });
    expect(bad).toEqual([]);
  });

  it('has no folders but the features', () => {
    const folders = new Set([...text.keys()].filter((f) => f.includes('/')).map((f) => f.split('/')[0]));
    const known = ['app', 'api', 'kit', 'canvas', 'palette', 'inspector', 'runs', 'flows'];
    expect([...folders].filter((f) => !known.includes(f!))).toEqual([]);
  });
});
