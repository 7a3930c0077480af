#!/usr/bin/env node
'use strict';

const { openSync, readSync } = require('node:fs');
const { parseArgs } = require('node:util');

const USAGE = `usage: npx --no -- @faceid/sign sign [--validity SECONDS | --single-use]
                                     [--issued-at TIME] [--nonce DIGITS]
       npx --no -- @faceid/sign inspect [FILE]
       npx --no -- @faceid/sign --version

sign prints a sign. inspect reads one from FILE or the standard input, never from the
arguments: it says what is in it, and with a secret at hand whether it verifies.

Key and secret come from FACEID_API_KEY and FACEID_API_SECRET, or from the files that
FACEID_API_KEY_FILE and FACEID_API_SECRET_FILE name.

Exit code: 0 done, 1 the sign cannot be read or does not verify, 2 usage, 3 key or secret.`;

const LONGEST = 64 * 1024;
const STRING = { type: 'string' };
const OPTIONS = {
  sign: { validity: STRING, 'single-use': { type: 'boolean' }, 'issued-at': STRING, nonce: STRING },
  inspect: {},
};

class Failure extends Error {
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

function main([command, ...args]) {
  if (command === undefined || command === '--help' || command === '-h' || args.includes('--help')) {
    (command === undefined ? console.error : console.log)(USAGE);
    return command === undefined ? 2 : 0;
  }
  if (command === '--version') {
    console.log(`faceid-sign ${require('./package.json').version}`);
    return 0;
  }
  if (!Object.hasOwn(OPTIONS, command)) throw new Failure(2, 'the commands are sign and inspect');
  const { values, positionals } = parsed(command, args);
  if (command === 'sign') {
    console.log(sign(values));
    return 0;
  }
  return inspect(positionals[0] ?? '-');
}

function parsed(command, args) {
  // The parser takes a number below 0 for an option, if it is not joined to the one whose value it is.
  const joined = [];
  for (const arg of args) {
    const isValue = /^-[0-9]/.test(arg) && /^--[^=]+$/.test(joined.at(-1) ?? '');
    joined.push(isValue ? `${joined.pop()}=${arg}` : arg);
  }
  let result;
  try {
    result = parseArgs({ args: joined, options: OPTIONS[command], allowPositionals: command === 'inspect' });
  } catch {
    // The parser's own message would hold what was passed in.
    throw new Failure(2, `${command} has no such argument: see --help`);
  }
  if (result.positionals.length > 1) throw new Failure(2, 'inspect takes one file');
  return result;
}

function sign(values) {
  const signer = pair();
  if (signer === undefined) throw new Failure(3, 'set FACEID_API_KEY and FACEID_API_SECRET, or .._FILE of each');
  try {
    return signer.sign({
      issuedAt: digits(values['issued-at'], 'issued-at', BigInt),
      validity: digits(values.validity, 'validity', Number),
      nonce: values.nonce,
      singleUse: values['single-use'],
    });
  } catch (error) {
    // The library's options have other names here.
    const message = error.message.replace('issuedAt', '--issued-at').replace(/singleUse(: true)?/, '--single-use');
    throw error instanceof Failure ? error : new Failure(2, message);
  }
}

function digits(value, name, convert) {
  if (value === undefined) return undefined;
  if (!/^-?[0-9]{1,20}$/.test(value)) throw new Failure(2, `--${name} takes digits alone`);
  return convert(value);
}

function inspect(file) {
  const { peek } = require('./native.js');
  // As `faceid sign --output env` writes it, too.
  const text = read(file === '-' ? 0 : file, 'the sign', 1).toString().replace(/^FACEID_SIGN=/, '');
  const signer = pair();
  try {
    console.log(words(peek(text)));
  } catch (error) {
    console.log(`reads     no: ${error.message}`);
    if (signer === undefined) {
      console.log('verifies  not known: with FACEID_API_KEY and FACEID_API_SECRET set a slip can be named');
      return 1;
    }
  }
  if (signer === undefined) {
    console.log('verifies  not known: FACEID_API_KEY and FACEID_API_SECRET are not set');
    return 0;
  }
  const { name, message } = signer.diagnose(text);
  console.log(name === 'valid' ? 'verifies  yes' : `verifies  no: ${message} (${name})`);
  return name === 'valid' ? 0 : 1;
}

function words({ apiKey, issuedAt, expiresAt, nonce }) {
  const until = expiresAt === null ? 'single use' : date(expiresAt);
  return `api_key   ${apiKey}\nissued    ${date(issuedAt)}\nexpires   ${until}\nnonce     ${nonce}`;
}

function date(seconds) {
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? `${seconds}` : `${seconds} (${at.toISOString().replace('.000', '')})`;
}

/** The signer of the environment's key and secret; none if either is absent. */
function pair() {
  const [key, secret] = [setting('FACEID_API_KEY'), setting('FACEID_API_SECRET')];
  if (key === undefined || secret === undefined) return undefined;
  const { Signer } = require('./index.js');
  try {
    return new Signer(key.toString(), secret);
  } catch (error) {
    throw new Failure(3, error.message);
  }
}

/** A variable, or the bytes of the file that another one names. An empty variable counts as absent. */
function setting(name) {
  const [value, file] = [process.env[name], process.env[`${name}_FILE`]];
  if (value && file) throw new Failure(3, `set ${name} or ${name}_FILE, not both`);
  // Node has put U+FFFD in place of bytes that are not UTF-8: the secret would be another one.
  if (value?.includes('\ufffd')) {
    throw new Failure(3, `${name} is not UTF-8, or holds U+FFFD: write it to a file, and its name into ${name}_FILE`);
  }
  return file ? read(file, `${name}_FILE`, 3) : value || undefined;
}

/** The bytes as they are, less one line end: as a text, those that are no UTF-8 would be others. */
function read(file, what, exitCode) {
  const bytes = Buffer.alloc(LONGEST + 1);
  let end = 0;
  try {
    const open = file === 0 ? 0 : openSync(file);
    for (let got = 1; got > 0 && end <= LONGEST; end += got) got = readSync(open, bytes, { offset: end });
  } catch (error) {
    throw new Failure(exitCode, `${what} cannot be read: ${error.code}`);
  }
  // A device that never ends must end.
  if (end > LONGEST) throw new Failure(exitCode, `${what} cannot be read: more than 64 KiB`);
  if (bytes[end - 1] === 0x0a) {
    end -= bytes[end - 2] === 0x0d ? 2 : 1;
  }
  return bytes.subarray(0, end);
}

// A reader that has seen enough, such as head, is no error, and changes no exit code.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit();
  console.error(`faceid-sign: cannot write to stdout: ${error.code}`);
  process.exit(1);
});

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`faceid-sign: ${error.message}`);
  process.exitCode = error.exitCode ?? 1;
}
