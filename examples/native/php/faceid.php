<?php
// 旷视 FaceID：生成签名，调用 get_biz_token 获取 biz_token。单个文件，只用 PHP 自带的扩展，可直接复制到你的项目里。
//
// Megvii FaceID: signs, and gets a biz_token. One file, to be copied. PHP 8.0 or later, 64 bits, with its own
// extensions hash, json, random and curl (Debian packs the last one as php-curl).
//
//     php faceid.php vectors FILE
//     FACEID_API_KEY=.. FACEID_API_SECRET=.. php faceid.php token BASE_URL LIVENESS_ID [UUID]

declare(strict_types=1);

const FACEID_PATH = '/faceid/v5/sdk/get_biz_token';
const FACEID_CONNECT_SECONDS = 5;
const FACEID_TOTAL_SECONDS = 15;
const FACEID_VALIDITY_SECONDS = 100;
const FACEID_LONGEST_ANSWER = 256 * 1024;
const FACEID_RUN_TOGETHER = '/^\s*(MISSING_ARGUMENTS|BAD_ARGUMENTS|AUTHORIZATION_ERROR)([^:_][^:]*)$/i';

/** The service, or a gateway before it, did not give a token. */
final class FaceIdException extends RuntimeException
{
    public string $errorCode;
    public string $detail;

    public function __construct(public int $status, public string $text, public ?string $requestId)
    {
        // By the text, not by the status: one status stands for many errors. "X: y", "X:y" and "Xy" occur, in any case.
        $parts = explode(':', preg_replace(FACEID_RUN_TOGETHER, '$1:$2', $text), 2);
        $this->errorCode = strtoupper(trim($parts[0]));
        $this->detail = trim($parts[1] ?? '');
        $what = trim(($this->errorCode === '' ? 'NO_ERROR_CODE' : $this->errorCode) . ' ' . $this->detail);
        parent::__construct(faceid_shown("$what (HTTP $status, request_id " . ($requestId ?? 'none') . ')'));
    }
}

/** In one line, without what would steer a terminal. By bytes: it need not be UTF-8. */
function faceid_shown(string $text): string
{
    return preg_replace('/(?:[\s\x00-\x1f\x7f]|\xc2[\x80-\x9f])+/', ' ', $text);
}

/**
 * The form field `sign`: whoever has it may use the key until it expires. $validity 0 makes it single-use.
 *
 * SensitiveParameter keeps what it marks out of stack traces from PHP 8.2 on. Before, set zend.exception_ignore_args.
 */
function faceid_sign(string $key, #[SensitiveParameter] string $secret, int $issuedAt, string $nonce, int $validity): string
{
    // Nothing is escaped in a sign, so a "&" in a key would start another field. D: "$" is the end, not a last line end.
    if (!preg_match('/^(?! )[ -%\'-<>-~]+(?<! )$/D', $key)) {
        throw new InvalidArgumentException('api_key: empty, or with a character that no key has');
    }
    // A line end that came along from a file makes every sign wrong.
    if ($secret === '' || $secret !== trim($secret) || preg_match('/^\xEF\xBB\xBF|\xEF\xBB\xBF$/D', $secret)) {
        throw new InvalidArgumentException('api_secret: empty, or with blanks, a line end or a byte order mark around it');
    }
    // The nonce is text: its leading zeros are signed too.
    if (!preg_match('/^[0-9]{1,10}$/D', $nonce)) {
        throw new InvalidArgumentException('nonce: not 1 to 10 digits');
    }
    // Beyond PHP_INT_MAX a sum turns into a float, which prints as 1.8E+19.
    if ($issuedAt < 0 || $validity < 0 || $issuedAt > PHP_INT_MAX - $validity) {
        throw new InvalidArgumentException('issuedAt, validity: negative or too large');
    }
    // As seconds, after the year 5138.
    if ($issuedAt >= 100000000000) {
        throw new InvalidArgumentException('issuedAt: in milliseconds or finer, not in seconds');
    }
    // Single use is b = 0, not b = c.
    $expiresAt = $validity === 0 ? 0 : $issuedAt + $validity;
    $raw = "a=$key&b=$expiresAt&c=$issuedAt&d=$nonce";
    // true: the digest's 20 bytes, not its hex digits. base64_encode breaks no lines.
    return base64_encode(hash_hmac('sha1', $raw, $secret, true) . $raw);
}

function faceid_new_nonce(): string
{
    // random_int asks the system and is uniform; rand and mt_rand can be guessed.
    return sprintf('%010d', random_int(0, 9999999999));
}

/**
 * The service's answer, with biz_token and request_id. Signs anew on every call.
 *
 * @return array<string, mixed>
 * @throws FaceIdException  if the answer is an error
 * @throws RuntimeException if there is none
 */
function faceid_get_biz_token(
    string $baseUrl,
    string $key,
    #[SensitiveParameter] string $secret,
    string $livenessId,
    #[SensitiveParameter] ?string $uuid = null
): array {
    if ($livenessId === '') {
        throw new InvalidArgumentException('liveness_id: empty');
    }
    $sign = faceid_sign($key, $secret, time(), faceid_new_nonce(), FACEID_VALIDITY_SECONDS);
    $fields = ['sign' => $sign, 'sign_version' => 'hmac_sha1', 'liveness_id' => $livenessId];
    if ($uuid === '') {
        throw new InvalidArgumentException('uuid: empty');
    }
    if ($uuid !== null) {
        $fields['uuid'] = $uuid;
    }
    foreach ($fields as $name => $value) {
        if (!preg_match('//u', $value)) {
            throw new InvalidArgumentException("$name: broken text (not UTF-8)");
        }
    }
    [$status, $body] = faceid_post(rtrim($baseUrl, '/') . FACEID_PATH, $fields);
    // Null for a gateway's page.
    $answer = json_decode($body, true, 512, JSON_INVALID_UTF8_SUBSTITUTE);
    $answer = is_array($answer) ? $answer : [];
    // Whatever it is, an error beside a token counts.
    $error = $answer['error'] ?? '';
    $error = $error === '' ? $answer['error_message'] ?? '' : $error;
    // 1e999 is read as infinity, for which JSON has no word.
    $text = is_string($error) ? $error : json_encode($error, JSON_PARTIAL_OUTPUT_ON_ERROR);
    $token = $answer['biz_token'] ?? null;
    if ($text !== '' || $status !== 200 || !is_string($token) || !preg_match('/^[^\p{Cc}\x{FFFD}]+$/Du', $token)) {
        $requestId = $answer['request_id'] ?? null;
        throw new FaceIdException($status, $text, is_string($requestId) && $requestId !== '' ? $requestId : null);
    }
    return $answer;
}

/** @return array{int, string} status and body */
function faceid_post(string $url, #[SensitiveParameter] array $fields): array
{
    $local = in_array(strtolower((string) parse_url($url, PHP_URL_HOST)), ['127.0.0.1', '[::1]', 'localhost'], true);
    $scheme = strtolower((string) parse_url($url, PHP_URL_SCHEME));
    if ($scheme !== 'https' && !($scheme === 'http' && $local)) {
        throw new InvalidArgumentException('base URL: https is required beyond this machine');
    }
    $body = '';
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        // An array, not a string: curl then makes the multipart form, boundary and header. A header set by hand lacks
        // the boundary. The values are text even where they begin with "@".
        CURLOPT_POSTFIELDS => $fields,
        CURLOPT_CONNECTTIMEOUT => FACEID_CONNECT_SECONDS,
        CURLOPT_TIMEOUT => FACEID_TOTAL_SECONDS,
        // The other host would get the sign.
        CURLOPT_FOLLOWLOCATION => false,
        // The defaults, against code that changed them: certificate and host name are checked.
        CURLOPT_SSL_VERIFYPEER => true,
        CURLOPT_SSL_VERIFYHOST => 2,
        CURLOPT_WRITEFUNCTION => function ($curl, string $chunk) use (&$body): int {
            $body .= $chunk;
            return strlen($body) > FACEID_LONGEST_ANSWER ? -1 : strlen($chunk);
        },
    ]);
    if ($scheme === 'http') {
        // A proxy would see the sign: this machine is asked directly.
        curl_setopt($curl, CURLOPT_PROXY, '');
    }
    if (!curl_exec($curl)) {
        $tooLong = 'the answer is longer than ' . FACEID_LONGEST_ANSWER . ' bytes';
        $error = strlen($body) > FACEID_LONGEST_ANSWER ? $tooLong : curl_error($curl);
        throw new RuntimeException($error, curl_errno($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $body];
}

function faceid_main(array $arguments): int
{
    $command = array_shift($arguments);
    if ($command === 'vectors' && count($arguments) === 1) {
        $passed = $failed = $beyond = 0;
        foreach (json_decode(file_get_contents($arguments[0]), true)['sign'] as $v) {
            $issuedAt = (int) $v['issued_at'];
            if ((string) $issuedAt !== $v['issued_at'] || $issuedAt > PHP_INT_MAX - (int) $v['validity']) {
                $beyond++;
                continue;
            }
            $sign = faceid_sign($v['api_key'], $v['api_secret'], $issuedAt, $v['nonce'], (int) $v['validity']);
            $sign === $v['sign'] ? $passed++ : $failed++;
        }
        echo "$passed passed, $failed failed", $beyond ? " ($beyond left out: no int of PHP's is that large)" : '', "\n";
        return $passed > 0 && $failed === 0 ? 0 : 1;
    }
    if ($command === 'token' && in_array(count($arguments), [2, 3], true)) {
        // Neither from the command line, which every user of the machine can read, nor from the source.
        [$key, $secret] = [(string) getenv('FACEID_API_KEY'), (string) getenv('FACEID_API_SECRET')];
        try {
            $baseUrl = array_shift($arguments);
            echo faceid_get_biz_token($baseUrl, $key, $secret, ...$arguments)['biz_token'], "\n";
        } catch (Exception $error) {
            fwrite(STDERR, 'faceid: ' . faceid_shown($error->getMessage()) . "\n");
            return 4;
        }
        return 0;
    }
    fwrite(STDERR, "usage: faceid.php vectors FILE | token BASE_URL LIVENESS_ID [UUID]\n");
    return 2;
}

// Not when another file includes this one.
if (PHP_SAPI === 'cli' && realpath($argv[0] ?? '') === __FILE__) {
    exit(faceid_main(array_slice($argv, 1)));
}
