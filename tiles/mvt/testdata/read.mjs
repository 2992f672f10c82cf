// Reads a tile with @mapbox/vector-tile and prints what it finds as JSON:
//   node read.mjs NODE_MODULES TILE Z X Y
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [modules, file, z, x, y] = process.argv.slice(2);
const load = (...path) => import(pathToFileURL(join(modules, ...path)).href);
const {VectorTile} = await load('@mapbox', 'vector-tile', 'index.js');
const {PbfReader} = await load('pbf', 'index.js');

const tile = new VectorTile(new PbfReader(readFileSync(file)));
const layers = {};
for (const [name, layer] of Object.entries(tile.layers)) {
  layers[name] = [];
  for (let i = 0; i < layer.length; i++) {
    const feature = layer.feature(i);
    layers[name].push({...feature.toGeoJSON(+x, +y, +z), parts: feature.loadGeometry()});
  }
}
console.log(JSON.stringify(layers));
