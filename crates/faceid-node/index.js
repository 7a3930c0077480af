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
    const { issuedAt, nonce, validity, singleUse } = checked(options);
    return this.#native.sign(issuedAt, nonce, validity, singleUse);
  }

  verify(sign, options = NONE) {
    return this.#native.verify(sign, checked(options).now);
  }

  diagnose(sign, options = NONE) {
    return this.#native.diagnose(sign, checked(options).now);
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

function checked(options) {
  if (typeof options !== 'object' || options === null) {
    const error = new TypeError('options must be an object');
    error.code = 'WRONG_TYPE';
    throw error;
  }
  return options;
}

// Written so that an ES module can import each by its name.
module.exports = { Signer, verifySign, diagnose };
