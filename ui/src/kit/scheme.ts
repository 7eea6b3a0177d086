// Light, dark or high contrast: follows the system until chosen; the choice is kept.
import { create } from 'zustand';

export type Scheme = 'light' | 'dark' | 'contrast';
/** What was chosen: `system` follows the machine. */
export type SchemeChoice = Scheme | 'system';

const KEY = 'weft.scheme';
const wantsDark = () => matchMedia('(prefers-color-scheme: dark)').matches;
const wantsContrast = () => matchMedia('(prefers-contrast: more)').matches;
const ofSystem = (): Scheme => (wantsContrast() ? 'contrast' : wantsDark() ? 'dark' : 'light');

function kept(): SchemeChoice {
  const asked = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem(KEY);
  return asked === 'light' || asked === 'dark' || asked === 'contrast' ? asked : 'system';
}

interface State {
  choice: SchemeChoice;
  scheme: Scheme;
  choose(choice: SchemeChoice): void;
}

export const useScheme = create<State>((set) => {
  const choice = kept();
  return {
    choice,
    scheme: choice === 'system' ? ofSystem() : choice,
    choose(next) {
      if (next === 'system') localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
      set({ choice: next, scheme: next === 'system' ? ofSystem() : next });
    },
  };
});

/** Writes the scheme to the page and keeps it true. */
export function followScheme() {
  const write = () => {
    document.documentElement.dataset.theme = useScheme.getState().scheme;
  };
  write();
  useScheme.subscribe(write);
  const again = () => {
    if (useScheme.getState().choice === 'system') useScheme.setState({ scheme: ofSystem() });
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  matchMedia('(prefers-contrast: more)').addEventListener('change', again);
}
