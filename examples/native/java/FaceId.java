// Megvii FaceID: signs, and gets a biz_token. One file on the JDK alone, to be copied. Java 17 or later. In ASCII, as
// before Java 18 the compiler reads a file by the locale.
//
//     java FaceId.java vectors FILE
//     FACEID_API_KEY=.. FACEID_API_SECRET=.. java FaceId.java token BASE_URL LIVENESS_ID [UUID]

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public final class FaceId {
    private static final String PATH = "/faceid/v5/sdk/get_biz_token";
    private static final long TOTAL_SECONDS = 15;
    private static final long VALIDITY_SECONDS = 100;
    private static final int LONGEST_ANSWER = 256 * 1024;
    private static final SecureRandom RANDOM = new SecureRandom();

    static {
        // Lets a request close its connection. It is read once, by the program's first HttpClient.
        String property = "jdk.httpclient.allowRestrictedHeaders";
        System.setProperty(property, System.getProperty(property, "") + ",connection");
    }

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            // The other host would get the sign.
            .followRedirects(HttpClient.Redirect.NEVER)
            // Version 2, the default, asks for an upgrade over plain http.
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    /** The service, or a gateway before it, did not give a token. */
    public static final class FaceIdException extends Exception {
        private static final long serialVersionUID = 1;
        private static final String RUN_TOGETHER =
                "(?i)^\\s*(MISSING_ARGUMENTS|BAD_ARGUMENTS|AUTHORIZATION_ERROR)([^:_][^:]*)$";
        public final int status;
        /** In upper case; empty where the answer is none of the service's. */
        public final String code;
        public final String detail;
        public final String text;
        /** Null where the answer has none. */
        public final String requestId;

        FaceIdException(int status, String text, String requestId) {
            this.status = status;
            this.text = text;
            this.requestId = requestId;
            // By the text, not by the status: one status stands for many errors. "X: y", "X:y" and "Xy" occur, in
            // any case. ROOT: in Turkish the upper case of i is another letter.
            String[] parts = text.replaceFirst(RUN_TOGETHER, "$1:$2").split(":", 2);
            code = parts[0].strip().toUpperCase(Locale.ROOT);
            detail = parts.length == 2 ? parts[1].strip() : "";
        }

        @Override
        public String getMessage() {
            String what = ((code.isEmpty() ? "NO_ERROR_CODE" : code) + " " + detail).strip();
            return shown(what + " (HTTP " + status + ", request_id " + (requestId == null ? "none" : requestId) + ")");
        }
    }

    /** In one line, without what would steer a terminal. */
    private static String shown(String text) {
        return text.replaceAll("[\\s\\p{Cc}]+", " ");
    }

    /**
     * For half a character "?" would be sent: a wrong secret, one uuid for many users. U+FFFD stands for what could not
     * be decoded, as in a program's arguments in the locale C.
     */
    private static void checkText(String field, String text) {
        if (text.indexOf('\uFFFD') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(field + ": broken text (a lone surrogate or U+FFFD)");
        }
    }

    /**
     * The form field {@code sign}: whoever has it may use the key until it expires. A validity of 0 makes it
     * single-use.
     */
    public static String sign(String key, String secret, long issuedAt, String nonce, long validity) {
        // Nothing is escaped in a sign, so a "&" in a key would start another field.
        if (key == null || !key.matches("(?! )[ -%'-<>-~]+(?<! )")) {
            throw new IllegalArgumentException("api_key: empty, or with a character that no key has");
        }
        // A line end that came along from a file makes every sign wrong.
        if (secret == null || secret.isEmpty() || !secret.equals(secret.strip())
                || secret.startsWith("\uFEFF") || secret.endsWith("\uFEFF")) {
            throw new IllegalArgumentException(
                    "api_secret: empty, or with blanks, a line end or a byte order mark around it");
        }
        checkText("api_secret", secret);
        // The nonce is text: its leading zeros are signed too.
        if (nonce == null || !nonce.matches("[0-9]{1,10}")) {
            throw new IllegalArgumentException("nonce: not 1 to 10 digits");
        }
        if (issuedAt < 0 || validity < 0 || issuedAt > Long.MAX_VALUE - validity) {
            throw new IllegalArgumentException("issuedAt, validity: negative or too large");
        }
        // As seconds, after the year 5138.
        if (issuedAt >= 100_000_000_000L) {
            throw new IllegalArgumentException("issuedAt: in milliseconds or finer, not in seconds");
        }
        // Single use is b = 0, not b = c.
        long expiresAt = validity == 0 ? 0 : issuedAt + validity;
        String raw = "a=" + key + "&b=" + expiresAt + "&c=" + issuedAt + "&d=" + nonce;
        try {
            Mac hmac = Mac.getInstance("HmacSHA1");
            hmac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            byte[] message = raw.getBytes(StandardCharsets.UTF_8);
            byte[] mac = hmac.doFinal(message);
            // Bytes joined with bytes: in a String the digest would change.
            byte[] joined = Arrays.copyOf(mac, mac.length + message.length);
            System.arraycopy(message, 0, joined, mac.length, message.length);
            // Not the MIME encoder, which breaks the lines.
            return Base64.getEncoder().encodeToString(joined);
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException("every Java has HmacSHA1", error);
        }
    }

    /** Uniform. Math.abs of a random number can be negative, and a format without a locale writes others' digits. */
    public static String newNonce() {
        return String.format(Locale.ROOT, "%010d", RANDOM.nextLong(10_000_000_000L));
    }

    /** The answer's texts, biz_token and request_id among them. A null uuid is not sent. Signs anew on every call. */
    public static Map<String, String> getBizToken(
            String baseUrl, String key, String secret, String livenessId, String uuid)
            throws FaceIdException, IOException, InterruptedException {
        URI url = URI.create(baseUrl.replaceAll("/+$", "") + PATH);
        String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
        boolean local = List.of("127.0.0.1", "[::1]", "localhost").contains(host);
        if (!"https".equalsIgnoreCase(url.getScheme()) && !("http".equalsIgnoreCase(url.getScheme()) && local)) {
            throw new IllegalArgumentException("base URL: https is required beyond this machine");
        }
        // In a form, null would be the word.
        if (livenessId == null || livenessId.isEmpty()) {
            throw new IllegalArgumentException("liveness_id: empty");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("sign", sign(key, secret, Instant.now().getEpochSecond(), newNonce(), VALIDITY_SECONDS));
        fields.put("sign_version", "hmac_sha1");
        fields.put("liveness_id", livenessId);
        if ("".equals(uuid)) {
            throw new IllegalArgumentException("uuid: empty");
        }
        if (uuid != null) {
            fields.put("uuid", uuid);
        }
        fields.forEach(FaceId::checkText);
        // A random UUID is drawn from SecureRandom. No filename: it would make a part a file.
        String boundary = UUID.randomUUID().toString();
        StringBuilder form = new StringBuilder();
        fields.forEach((name, value) -> form.append("--").append(boundary)
                .append("\r\nContent-Disposition: form-data; name=\"").append(name).append("\"\r\n\r\n")
                .append(value).append("\r\n"));
        form.append("--").append(boundary).append("--\r\n");
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofString(form.toString(), StandardCharsets.UTF_8));
        try {
            // A connection each: a kept one may just have been closed by the server. Not a client each: before Java 21
            // none can be closed, and each has a thread.
            request.header("Connection", "close");
        } catch (IllegalArgumentException restricted) {
            // The program had an HttpClient before: connections are kept.
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int status = send(request.build(), body);

        Map<String, String> answer;
        try {
            answer = new FlatJson(body.toString(StandardCharsets.UTF_8)).object();
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException notJson) {
            answer = Map.of(); // A gateway's page.
        }
        String error = answer.getOrDefault("error", "");
        error = error.isEmpty() ? answer.getOrDefault("error_message", "") : error;
        boolean isToken = answer.getOrDefault("biz_token", "").matches("[^\\p{Cc}\\p{Cs}\\x{FFFD}]+");
        if (!error.isEmpty() || status != 200 || !isToken) {
            String requestId = answer.getOrDefault("request_id", "");
            throw new FaceIdException(status, error, requestId.isEmpty() ? null : requestId);
        }
        return answer;
    }

    // The request's own time-out ends with the answer's head; this one counts to the body's end.
    private static int send(HttpRequest request, ByteArrayOutputStream body) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> pending =
                CLIENT.sendAsync(request, BodyHandlers.ofByteArrayConsumer(chunk -> {
                    body.writeBytes(chunk.orElse(new byte[0]));
                    if (body.size() > LONGEST_ANSWER) {
                        throw new IllegalStateException("the answer is longer than " + LONGEST_ANSWER + " bytes");
                    }
                }));
        try {
            return pending.get(TOTAL_SECONDS, TimeUnit.SECONDS).statusCode();
        } catch (TimeoutException error) {
            throw new IOException("no answer within " + TOTAL_SECONDS + " s");
        } catch (ExecutionException error) {
            throw new IOException(error.getCause().toString(), error.getCause());
        } finally {
            pending.cancel(true);
        }
    }

    /** Reads an object's strings, and of an error whatever it is. All else is skipped. */
    private static final class FlatJson {
        private final String text;
        private int at;

        FlatJson(String text) {
            this.text = text;
        }

        Map<String, String> object() {
            Map<String, String> fields = new LinkedHashMap<>();
            char before = '{';
            do {
                expect(before);
                before = ',';
                if (peek() == '}') {
                    break;
                }
                String name = string();
                expect(':');
                if (peek() == '"') {
                    fields.put(name, string());
                    continue;
                }
                int from = at;
                skip();
                String other = text.substring(from, at).strip();
                // Beside a token it counts, too.
                if (name.startsWith("error") && !other.equals("null")) {
                    fields.put(name, other);
                }
            } while (peek() == ',');
            expect('}');
            if (!text.substring(at).isBlank()) {
                throw new IllegalArgumentException("no JSON at " + at);
            }
            return fields;
        }

        private char peek() {
            while (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return text.charAt(at);
        }

        private void expect(char wanted) {
            if (peek() != wanted) {
                throw new IllegalArgumentException("no JSON at " + at);
            }
            at++;
        }

        private String string() {
            expect('"');
            StringBuilder value = new StringBuilder();
            for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
                if (c != '\\') {
                    value.append(c);
                    continue;
                }
                char escaped = text.charAt(at++);
                int plain = "bfnrt\"\\/".indexOf(escaped);
                if (plain >= 0) {
                    value.append("\b\f\n\r\t\"\\/".charAt(plain));
                } else if (escaped == 'u') {
                    value.append((char) Integer.parseInt(text.substring(at, at += 4), 16));
                } else {
                    throw new IllegalArgumentException("no JSON at " + at);
                }
            }
            return value.toString();
        }

        // A number, true, false, null, or an object or array with all that is in it.
        private void skip() {
            for (int depth = 0; depth > 0 || ",}".indexOf(peek()) < 0; ) {
                switch (text.charAt(at)) {
                    case '"' -> string();
                    case '{', '[' -> { depth++; at++; }
                    case '}', ']' -> { depth--; at++; }
                    default -> at++;
                }
            }
        }
    }

    private static int vectors(Path file) throws IOException {
        int passed = 0;
        int failed = 0;
        int beyond = 0;
        // A vector is an object on a line of its own. Those without "raw" are of the other list.
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        for (String line : lines) {
            if (!line.startsWith("{\"name\"") || !line.contains("\"raw\":")) {
                continue;
            }
            Map<String, String> v = new FlatJson(line.replaceAll(",$", "")).object();
            long issuedAt = Long.parseUnsignedLong(v.get("issued_at"));
            long validity = Long.parseUnsignedLong(v.get("validity"));
            if (issuedAt < 0) {
                beyond++;
                continue;
            }
            String sign = sign(v.get("api_key"), v.get("api_secret"), issuedAt, v.get("nonce"), validity);
            if (sign.equals(v.get("sign"))) {
                passed++;
            } else {
                failed++;
            }
        }
        String note = beyond == 0 ? "" : " (" + beyond + " left out: no long of Java's is that large)";
        System.out.println(passed + " passed, " + failed + " failed" + note);
        return passed > 0 && failed == 0 ? 0 : 1;
    }

    public static void main(String[] arguments) throws IOException {
        List<String> given = List.of(arguments);
        String command = given.isEmpty() ? "" : given.get(0);
        if (command.equals("vectors") && given.size() == 2) {
            System.exit(vectors(Path.of(given.get(1))));
        }
        if (command.equals("token") && (given.size() == 3 || given.size() == 4)) {
            // Neither from the command line, which every user of the machine can read, nor from the source.
            String key = System.getenv().getOrDefault("FACEID_API_KEY", "");
            String secret = System.getenv().getOrDefault("FACEID_API_SECRET", "");
            try {
                String uuid = given.size() == 4 ? given.get(3) : null;
                System.out.println(getBizToken(given.get(1), key, secret, given.get(2), uuid).get("biz_token"));
                System.exit(0);
            } catch (Exception error) {
                System.err.println("faceid: " + String.valueOf(error.getMessage()).replaceAll("\\s+", " "));
                System.exit(4);
            }
        }
        System.err.println("usage: FaceId vectors FILE | token BASE_URL LIVENESS_ID [UUID]");
        System.exit(2);
    }
}
