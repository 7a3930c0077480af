<?php
declare(strict_types=1);

require __DIR__ . '/../../../../examples/native/php/faceid.php';

// In an error's trace are the arguments, save what is marked; before 8.2 no mark counts.
ini_set('zend.exception_ignore_args', PHP_VERSION_ID < 80200 ? '1' : '0');

function call(string $baseUrl = 'http://127.0.0.1:1', string $scene = 'scene', string $uuid = 'tell-nobody'): array
{
    return faceid_get_biz_token($baseUrl, 'key', 'tell-nobody', $scene, $uuid);
}

$cases = [
    'no scene' => fn() => call(scene: ''),
    'broken scene' => fn() => call(scene: "\xFF"),
    'broken uuid' => fn() => call(uuid: "\xFF"),
    'negative validity' => fn() => faceid_sign('key', 'tell-nobody', 1530762118, '1', -100),
    'negative time' => fn() => faceid_sign('key', 'tell-nobody', -1, '1', 0),
    'an expiry too late' => fn() => faceid_sign('key', 'tell-nobody', PHP_INT_MAX, '1', 1),
    'milliseconds' => fn() => faceid_sign('key', 'tell-nobody', 1530762118000, '1', 100),
    'http beyond this machine' => fn() => call(baseUrl: 'http://faceid.example'),
    'two calls' => fn() => [call(baseUrl: getenv('KEPT_URL')), call(baseUrl: getenv('KEPT_URL'))],
];
foreach ($cases as $name => $case) {
    try {
        $end = 'no error: ' . json_encode($case());
    } catch (Exception $error) {
        $end = $error->getMessage() . ' ' . preg_replace('/\s+/', ' ', print_r($error->getTrace(), true));
    }
    echo "$name: $end\n";
}
