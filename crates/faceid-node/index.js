'use strict';

const { inspect } = require('node:util');
const native = require('./native.js');

class Signer {
  #native;

  constructor(apiKey, apiSecret) {
    this.#native = new native.Signer(apiKey, apiSecret);
  }

  get apiKey() {
    return this.#native.apiKey;
  }

  sign(options = NONE) {
    const { issuedAt, nonce, validity, singleUse } = checked(options, OF_SIGN);
    return this.#native.sign(issuedAt, nonce, validity, singleUse);
  }

  verify(sign, options = NONE) {
    return this.#native.verify(sign, checked(options, OF_TIME).now);
  }

  diagnose(sign, options = NONE) {
    return this.#native.diagnose(sign, checked(options, OF_TIME).now);
  }

  toJSON() {
    return { apiKey: this.apiKey };
  }

  toString() {
    return `Signer(${this.apiKey})`;
  }

  [inspect.custom](depth, options) {
    return `Signer ${inspect(this.toJSON(), options)}`;
  }
}

function verifySign(apiKey, apiSecret, sign, options) {
  return new Signer(apiKey, apiSecret).verify(sign, options);
}

function diagnose(apiKey, apiSecret, sign, options) {
  return new Signer(apiKey, apiSecret).diagnose(sign, options);
}

const NONE = Object.freeze({});
const OF_SIGN = ['issuedAt', 'nonce', 'validity', 'singleUse'];
const OF_TIME = ['now'];

function checked(options, names) {
  if (!isPlain(options)) throw wrong('WRONG_TYPE', 'options must be a plain object');
  // Misspelt, singleUse would be left out, and the sign good for any number of requests.
  for (const name in options) {
    if (!names.includes(name)) {
      throw wrong('UNKNOWN_OPTION', `there is no option ${JSON.stringify(name)}: there are ${names.join(', ')}`);
    }
  }
  return options;
}

// What a Map, a Date or a list holds are no options: it would make a sign of 100 s. By the chain, as realms differ.
function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const parent = Object.getPrototypeOf(value);
  return parent === null || Object.getPrototypeOf(parent) === null;
}

function wrong(code, message) {
  return Object.assign(new TypeError(message), { code });
}

// Written so that an ES module can import each by its name.
module.exports = { Signer, verifySign, diagnose };
