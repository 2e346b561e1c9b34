import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchForEastAsianText } from './fonts.js';
import { passOverSecondClicks } from './second-click.js';
import './styles/page.css';
import { Visit } from './visit/visit.js';

window.history.scrollRestoration = 'manual';
const root = document.getElementById('page');
if (!root) throw new Error('index.html has no element with the id "page"');
watchForEastAsianText(root);
passOverSecondClicks();
createRoot(root).render(
  <StrictMode>
    <Visit />
  </StrictMode>,
);
