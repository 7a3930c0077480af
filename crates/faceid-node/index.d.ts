/**
 * What is fresh in a sign, and how long it is valid. Whatever is left out is chosen by the signer. A plain object: a
 * `Map`, a list, a `Date` or an instance of a class is refused.
 */
export interface SignOptions {
  /**
   * UNIX time in seconds from 0 on; the system's clock by default. Milliseconds, as `Date.now()` gives, or finer are
   * refused: what is 10^11 or more. A `bigint` of 9 * 10^18 or more is taken again, as far as 64 bits go.
   */
  issuedAt?: number | bigint;
  /** 1 to 10 digits, signed exactly as they stand, leading zeros too; by default ten from the system's random source. */
  nonce?: string;
  /** Seconds from `issuedAt` on, 1 to 4294967295; 100 by default. The longest that the service takes is not documented. */
  validity?: number;
  /** `true` for a sign that is good for one request (b = 0). It excludes `validity`. */
  singleUse?: boolean;
}

/** When a sign is looked at; a plain object. */
export interface TimeOptions {
  /** UNIX time in seconds; the system's clock by default. The same is refused as of {@link SignOptions.issuedAt}. */
  now?: number | bigint;
}

/** What a sign says of itself. */
export interface Claims {
  /** Whose sign it is. */
  apiKey: string;
  /** UNIX time in seconds from which on it is no longer valid; `null` for a single-use sign. */
  expiresAt: number | null;
  /** UNIX time in seconds at which it was made. */
  issuedAt: number;
  /** The random digits, as sent. */
  nonce: string;
}

/** What {@link diagnose} found. */
export interface Diagnosis {
  /**
   * A name that stays the same: `valid`; the slip that was made, such as `hex_digest` or `line_end_after_secret`; or
   * `unknown`, where no known slip explains the sign.
   */
  name: string;
  /** An English sentence, which may change. */
  message: string;
}

/**
 * Makes, checks and diagnoses signs of one key. The secret is prepared once: keep a signer for as long as the program
 * runs. Each thread makes its own. `util.inspect`, `JSON.stringify` and `toString` show the key alone.
 *
 * ```js
 * const signer = new Signer(process.env.FACEID_API_KEY, process.env.FACEID_API_SECRET);
 * const sign = signer.sign();
 * ```
 */
export class Signer {
  /**
   * @param apiKey ASCII without `&`, `=` and control characters.
   * @param apiSecret Text, which is taken as UTF-8, or bytes, such as a `Buffer`.
   * @throws {TypeError} `WRONG_TYPE`, `SHARED_BUFFER`, `DETACHED_BUFFER`
   * @throws {RangeError} `KEY_..`, `SECRET_..`, `LONE_SURROGATE`
   */
  constructor(apiKey: string, apiSecret: string | Uint8Array);

  /** The key. It is no secret: each sign holds it in the clear. */
  readonly apiKey: string;

  /**
   * Makes a sign: the form field `sign` of a request with `sign_version=hmac_sha1`. It is a bearer secret until it
   * expires. Make one for each request, retries too.
   *
   * @throws {TypeError} `WRONG_TYPE`, `UNKNOWN_OPTION`
   * @throws {RangeError} `NONCE_..`, `TIME_..`, `VALIDITY_..`, `EXPIRY_OVERFLOW`
   * @throws {Error} `CLOCK_BEFORE_EPOCH`, `RANDOM_SOURCE`
   */
  sign(options?: SignOptions): string;

  /**
   * Checks a sign. That a single-use sign is used once is for the caller to see to.
   *
   * @throws {TypeError} `WRONG_TYPE`, `UNKNOWN_OPTION`
   * @throws {RangeError} `TIME_..`: `TIME_OUT_OF_RANGE` also for a sign with a time beyond `Number.MAX_SAFE_INTEGER`
   * @throws {Error} `MALFORMED`, `MISMATCH`, `ORDER`, `EXPIRED`
   */
  verify(sign: string, options?: TimeOptions): Claims;

  /**
   * Says why a sign does not verify. It throws for arguments alone, not for the sign. It is stricter than
   * {@link Signer.verify}: a sign issued more than 300 s after `now`, a single-use one issued more than 300 s before it,
   * and times in milliseconds are slips too.
   */
  diagnose(sign: string, options?: TimeOptions): Diagnosis;

  /** `{ apiKey }`. */
  toJSON(): { apiKey: string };

  /** The key, with the name of the class. */
  toString(): string;
}

/**
 * Checks a sign of this key and secret: {@link Signer.verify} for now and then. It asks no service; the vendor's own
 * `verify` is another, billed call.
 */
export function verifySign(
  apiKey: string,
  apiSecret: string | Uint8Array,
  sign: string,
  options?: TimeOptions,
): Claims;

/** Says why a sign of this key and secret does not verify: {@link Signer.diagnose} for now and then. */
export function diagnose(
  apiKey: string,
  apiSecret: string | Uint8Array,
  sign: string,
  options?: TimeOptions,
): Diagnosis;

/**
 * Every error of this package is one: `error.code` stays the same, its message may change and holds no secret.
 * JavaScript's own have no `code`: the `TypeError` of a class called without `new` or of a method
 * on an object of another kind, and whatever a getter of `options` throws.
 */
export interface SignerError extends Error {
  code: ErrorCode;
}

/** The names of the C library's statuses, and those that JavaScript's own types need. */
export type ErrorCode =
  | 'OTHER'
  | 'KEY_EMPTY'
  | 'KEY_EDGE_BLANK'
  | 'KEY_EDGE_LINE_END'
  | 'KEY_EDGE_BYTE_ORDER_MARK'
  | 'KEY_SEPARATOR'
  | 'KEY_CONTROL'
  | 'KEY_NON_ASCII'
  | 'SECRET_EMPTY'
  | 'SECRET_EDGE_BLANK'
  | 'SECRET_EDGE_LINE_END'
  | 'SECRET_EDGE_BYTE_ORDER_MARK'
  | 'NONCE_EMPTY'
  | 'NONCE_TOO_LONG'
  | 'NONCE_NOT_DIGITS'
  | 'CLOCK_BEFORE_EPOCH'
  | 'RANDOM_SOURCE'
  | 'EXPIRY_OVERFLOW'
  | 'MALFORMED'
  | 'MISMATCH'
  | 'ORDER'
  | 'EXPIRED'
  | 'WRONG_TYPE'
  | 'UNKNOWN_OPTION'
  | 'SHARED_BUFFER'
  | 'DETACHED_BUFFER'
  | 'LONE_SURROGATE'
  | 'TIME_IN_MILLISECONDS'
  | 'TIME_OUT_OF_RANGE'
  | 'VALIDITY_OUT_OF_RANGE'
  | 'VALIDITY_AND_SINGLE_USE'
  | 'UNSUPPORTED_PLATFORM';
