// One strip on top for what concerns the whole page: no network, old data. The
// gravest alone is shown. The server writes the first one into the page (age.go);
// what is here says the same.
import { askAge, onDataAge } from './api';
import { config } from './config';
import { byId } from './dom';
import * as format from './format';
import { t } from './i18n';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const askEveryMs = 60_000;

export function makeBanner(): void {
  let age = config.dataAge; // in seconds, as an answer stated it last
  let heard = Date.now();
  const show = (): void => {
    const dataTime = new Date(heard - age * 1000);
    const [text, rank] = sentence(age, dataTime);
    const banner = byId('banner');
    banner.hidden = text === '';
    if (banner.textContent !== text) banner.textContent = text; // a reader says it when it changes
    banner.dataset.rank = rank;
    byId('data-time').textContent = t('foot.time', { time: format.moment(dataTime) });
  };
  onDataAge((seconds) => {
    age = seconds;
    heard = Date.now();
    show();
  });
  addEventListener('online', show);
  addEventListener('offline', show);
  // A page on which nobody asks for anything hears that the data is new again, too.
  setInterval(() => {
    if (!byId('banner').hidden && navigator.onLine) askAge().catch(show);
  }, askEveryMs);
  show();
}

function sentence(age: number, dataTime: Date): [text: string, rank: 'note' | 'warn' | 'grave'] {
  const time = format.moment(dataTime);
  if (!navigator.onLine) return [t('banner.offline', { time }), 'warn'];
  if (age < 5 * minute) return ['', 'note'];
  if (age < hour) return [t('banner.minutes', { time, n: Math.floor(age / minute) }), 'note'];
  if (age < day) return [t('banner.hours', { time, n: Math.floor(age / hour) }), 'warn'];
  if (age < 2 * day) return [t('banner.hours', { time, n: Math.floor(age / hour) }), 'grave'];
  return [t('banner.days', { time, n: Math.floor(age / day) }), 'grave'];
}
