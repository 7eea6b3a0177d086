// Where the interface begins.
import './kit/language';
import '@mantine/core/styles.layer.css';
import '@fontsource-variable/instrument-sans';
import '@fontsource-variable/geist-mono';
import './kit/tokens.css';
import './kit/base.css';
import './app/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { followScheme } from './kit';

followScheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
