// The board of the canvas that a card is on.
import { createContext } from 'react';
import type { Board } from './board';

export const BoardContext = createContext<Board>(null as unknown as Board);
