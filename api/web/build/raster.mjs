// Paints the SVG on its standard input as a PNG on its standard output; the
// argument is how many pixels stand for one of the SVG.
import { readFileSync, writeSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';

const image = new Resvg(readFileSync(0, 'utf8'), {
  fitTo: { mode: 'zoom', value: Number(process.argv[2]) },
  font: { loadSystemFonts: false },
});
writeSync(1, image.render().asPng());
