<?php
// A receiver with nothing but PHP: php -S 127.0.0.1:9100 receiver.php
declare(strict_types=1);

function is_signed(string $body): bool
{
    $at = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($at) || abs(time() - (int) $at) > 300) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_SECRET')), true);
    $signed = ($_SERVER['HTTP_WEBHOOK_ID'] ?? '') . ".$at.$body";
    $ours = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $one) {
        if (hash_equals($ours, $one)) {
            return true;
        }
    }
    return false;
}

/** Whether it is new; yours is a table with a unique index. */
function take(string $id, string $replay): bool
{
    $mark = getenv('KNOWN_DIR') . '/' . hash('sha256', "$id $replay");
    return @fopen($mark, 'x') !== false;
}

$body = file_get_contents('php://input', false, null, 0, 1024 * 1024);
if ($_SERVER['REQUEST_METHOD'] !== 'POST' || !is_signed($body)) {
    http_response_code(401);
    return;
}
foreach (json_decode($body, true, 16, JSON_THROW_ON_ERROR) as $event) {
    if (take($event['id'], $_SERVER['HTTP_BUS_REPLAY'] ?? '')) {
        file_put_contents('php://stdout', "{$event['type']} {$event['url']}\n"); // fetch it, and act
    }
}
http_response_code(204);
