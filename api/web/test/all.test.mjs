// One server and one browser for all of them.
import './style.mjs';
import './sprite.mjs';
import './map.mjs';
import './find.mjs';
import './underlay.mjs';
import './paper.mjs';
import './measure.mjs';
import './coordinates.mjs';
import './card.mjs';
import './choices.mjs';
import './keyboard.mjs';
import './phone.mjs';
import './trouble.mjs';
import './access.mjs';
import './worklist.mjs';
import './site.mjs';
import './live.mjs';
