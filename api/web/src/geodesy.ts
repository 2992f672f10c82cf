// Lengths and areas on the ellipsoid of WGS 84, as a surveyor's table would have
// them: what is measured on the map must hold in the field.
import type { LonLat } from './state';

const a = 6378137; // metres
const f = 1 / 298.257223563;
const b = a * (1 - f);
const e2 = f * (2 - f);
const e = Math.sqrt(e2);
const radians = Math.PI / 180;

/** Metres between two places along the geodesic: Vincenty's inverse (Survey Review 23, 1975), good to a millimetre in a city; NaN for places nearly opposite on the globe. */
export function distance(from: LonLat, to: LonLat): number {
  const longitude = (to[0] - from[0]) * radians;
  const u1 = Math.atan((1 - f) * Math.tan(from[1] * radians));
  const u2 = Math.atan((1 - f) * Math.tan(to[1] * radians));
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = longitude;
  for (let round = 0; round < 100; round++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinSigma === 0) return 0;
    const cosSigma = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cos1 * cos2 * sinL) / sinSigma;
    const cos2Alpha = 1 - sinAlpha ** 2;
    const cosMiddle = cos2Alpha === 0 ? 0 : cosSigma - (2 * sin1 * sin2) / cos2Alpha; // 0 along the equator
    const c = (f / 16) * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = longitude + (1 - c) * f * sinAlpha * (sigma + c * sinSigma * (cosMiddle + c * cosSigma * (2 * cosMiddle ** 2 - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const u = (cos2Alpha * (a * a - b * b)) / (b * b);
    const large = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
    const small = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
    const delta = small * sinSigma * (cosMiddle + (small / 4) * (cosSigma * (2 * cosMiddle ** 2 - 1) - (small / 6) * cosMiddle * (4 * sinSigma ** 2 - 3) * (4 * cosMiddle ** 2 - 3)));
    return b * large * (sigma - delta);
  }
  return NaN;
}

/** Metres along a line. */
export const length = (line: readonly LonLat[]): number => line.slice(1).reduce((sum, to, i) => sum + distance(line[i]!, to), 0);

/** The part of the ellipsoid's surface between the equator and a latitude, as the sine of a latitude on a sphere. */
function authalic(latitude: number): number {
  const q = (sin: number): number => (1 - e2) * (sin / (1 - e2 * sin * sin) + Math.atanh(e * sin) / e);
  return q(Math.sin(latitude)) / q(1);
}

const authalicRadius2 = (a * a + ((b * b) / e) * Math.atanh(e)) / 2; // square metres

/**
 * Square metres of an area by its corners, the last one joined to the first. The
 * ellipsoid is laid on a sphere of the same surface, where the area under each edge
 * is known in closed form (the edges are great circles there; in a city that is the
 * geodesic to a few millimetres). Borders that cross themselves count once forwards
 * and once backwards.
 */
export function area(ring: readonly LonLat[]): number {
  let sum = 0;
  ring.forEach((from, i) => {
    const to = ring[(i + 1) % ring.length]!;
    const [t1, t2] = [from, to].map((p) => Math.tan(Math.asin(authalic(p[1] * radians)) / 2)) as [number, number];
    sum += 2 * Math.atan2(Math.tan(((to[0] - from[0]) * radians) / 2) * (t1 + t2), 1 + t1 * t2);
  });
  return Math.abs(sum) * authalicRadius2;
}

/** Whether two edges of an area cross. */
export function crossesItself(ring: readonly LonLat[]): boolean {
  const side = (p: LonLat, q: LonLat, r: LonLat): number => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  const n = ring.length;
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue; // neighbours
      const [p, q, r, s] = [ring[i]!, ring[(i + 1) % n]!, ring[j]!, ring[(j + 1) % n]!];
      if (side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0) return true;
    }
  }
  return false;
}
