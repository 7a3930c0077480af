import { inspect } from 'node:util';
import { getBizToken, sign } from '../../../../examples/native/node/faceid.mjs';

const call = ({ baseUrl = 'http://127.0.0.1:1', secret = 'tell-nobody', scene = 'scene', uuid = 'tell-nobody' }) =>
  getBizToken(baseUrl, 'key', secret, scene, uuid);

const cases = {
  'no key': () => sign(undefined, 'tell-nobody', 1, '1', 0),
  'no scene': () => call({ scene: null }),
  'broken secret': () => call({ secret: 'tell-nobody\uD800' }),
  'broken scene': () => call({ scene: 'tell-nobody\uD800' }),
  'broken uuid': () => call({ uuid: 'tell-nobody\uD800' }),
  'a uuid decoded wrongly': () => call({ uuid: 'tell-nobody\uFFFD' }),
  'false for a validity': () => sign('key', 'tell-nobody', 1, '1', false),
  'negative validity': () => sign('key', 'tell-nobody', 1530762118, '1', -100),
  'negative time': () => sign('key', 'tell-nobody', -1n, '1', 0),
  'a time of 2^70': () => sign('key', 'tell-nobody', 2n ** 70n, '1', 0),
  'an expiry too late': () => sign('key', 'tell-nobody', 2n ** 64n - 1n, '1', 1),
  'milliseconds': () => sign('key', 'tell-nobody', 1530762118000n, '1', 100),
  'http beyond this machine': () => call({ baseUrl: 'http://faceid.example' }),
  'two calls': async () => {
    await call({ baseUrl: process.env.KEPT_URL });
    return call({ baseUrl: process.env.KEPT_URL });
  },
};

for (const [name, misuse] of Object.entries(cases)) {
  try {
    console.log(`${name}: no error: ${await misuse()}`);
  } catch (error) {
    console.log(`${name}: ${inspect(error).replace(/\s+/g, ' ')}`);
  }
}
