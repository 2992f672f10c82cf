// What a script adds to the page of a place: copying, and the map with the walk on it.
import { bringMap } from './mapbutton';
import type { SmallMapConfig } from './smallmap';
import type { LonLat } from './state';

/** Twin of placeConfig in place.go. */
interface PlaceConfig {
  at: LonLat;
  line?: LonLat[];
  copied: string;
  fails: string;
  map: SmallMapConfig;
}

const config: PlaceConfig = JSON.parse(document.getElementById('config')!.textContent!);
const byId = (id: string): HTMLElement => document.getElementById(id)!;

document.documentElement.classList.add('scripted');
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
  button.addEventListener('click', () => void copy(byId(button.dataset.copy!)));
}
byId('map-show').addEventListener('click', () => void show());
// The map, with the walk where there is one.
const show = (): Promise<void> => bringMap(config.fails, (box, { smallMap }) => smallMap(box, config.map, config.at, { line: config.line ?? [] }));

// Who came for the way sees it drawn; a wide screen has room for the map at once.
if (config.line || matchMedia('(min-width: 1024px)').matches) void show();

async function copy(what: HTMLElement): Promise<void> {
  const range = document.createRange();
  range.selectNodeContents(what);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range); // where the clipboard is out of reach, the text is selected at least
  try {
    await navigator.clipboard.writeText(what.textContent!);
  } catch {
    if (!document.execCommand('copy')) return;
  }
  say(config.copied);
}


let quiet = 0;
function say(text: string): void {
  const toast = byId('toast');
  toast.textContent = text;
  toast.classList.add('shown');
  clearTimeout(quiet);
  quiet = setTimeout(() => toast.classList.remove('shown'), 3000);
}
