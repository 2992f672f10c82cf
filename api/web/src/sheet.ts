// The sheet of a phone: three heights, moved by its handle or by pressing it. On
// a wide screen it is a column and none of this shows.
import { byId } from './dom';
import { t } from './i18n';

export type Stop = 'low' | 'half' | 'full';
const stops: Stop[] = ['low', 'half', 'full'];

export const wide = matchMedia('(min-width: 800px)');

export const sheetStop = (): Stop => document.body.dataset.sheet as Stop;

let told: () => void = () => {};

export function setSheet(stop: Stop): void {
  if (sheetStop() === stop) return;
  document.body.dataset.sheet = stop;
  label();
  told();
}

function label(): void {
  const handle = byId('handle');
  handle.setAttribute('aria-label', t(sheetStop() === 'full' ? 'sheet.down' : 'sheet.up'));
  handle.setAttribute('aria-expanded', String(sheetStop() !== 'low'));
}

/** Pixels of the page that the sheet covers from below. */
export const sheetHeight = (): number => (wide.matches ? 0 : innerHeight - byId('panel').getBoundingClientRect().top);

export function makeSheet(moved: () => void): void {
  told = moved;
  const handle = byId('handle');
  const panel = byId('panel');
  let startY = 0;
  let startTop = 0;
  let dragged = false;

  handle.addEventListener('click', () => {
    if (dragged) {
      dragged = false; // the click that ends a drag
      return;
    }
    setSheet(stops[(stops.indexOf(sheetStop()) + 1) % stops.length]!);
  });
  handle.addEventListener('pointerdown', (event) => {
    startY = event.clientY;
    startTop = panel.getBoundingClientRect().top;
    dragged = false;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId) || Math.abs(event.clientY - startY) < 6) return;
    dragged = true;
    document.body.classList.add('dragging');
    document.body.style.setProperty('--sheet', `${innerHeight - Math.max(0, startTop + event.clientY - startY)}px`);
  });
  const release = (event: PointerEvent): void => {
    if (!dragged || !handle.hasPointerCapture(event.pointerId)) return;
    const height = innerHeight - panel.getBoundingClientRect().top;
    document.body.classList.remove('dragging');
    document.body.style.removeProperty('--sheet');
    const share = height / innerHeight;
    setSheet(share < 0.38 ? 'low' : share < 0.75 ? 'half' : 'full');
  };
  handle.addEventListener('pointerup', release);
  handle.addEventListener('pointercancel', release);
  label();
}
