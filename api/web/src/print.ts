// The map on paper: a drawing area of WebGL is blank there, so a picture of it takes
// its place while the page is printed, with its scale and north, and with what the
// foot of the page says beside it.
import { byId, h } from './dom';
import { t } from './i18n';
import type { View } from './map/view';

export function makePrint(view: () => View | null): void {
  const sheet = h('figure', { id: 'print', hidden: true });
  byId('panel').before(sheet);
  addEventListener('beforeprint', () => {
    const map = view();
    if (!map) return;
    const { clientWidth, clientHeight } = map.map.getCanvas();
    const scale = byId('scale');
    const bar = h('span', { class: 'bar' }, scale.textContent);
    bar.style.width = `${(100 * scale.offsetWidth) / clientWidth}%`;
    const picture = h('div', { class: 'picture' }, h('img', { src: map.picture(), alt: t('map.picture') }), h('div', {}, bar, h('span', { class: 'north' }, t('north'))));
    picture.style.width = `min(100%, ${(150 * clientWidth) / clientHeight}mm)`; // half a page high at most
    const foot = document.querySelector('footer')!.cloneNode(true) as HTMLElement;
    foot.querySelectorAll('#scale, #north, button').forEach((e) => e.remove());
    sheet.replaceChildren(picture, h('figcaption', {}, ...foot.children));
    sheet.hidden = false;
  });
  addEventListener('afterprint', () => {
    sheet.hidden = true;
    sheet.replaceChildren();
  });
}
