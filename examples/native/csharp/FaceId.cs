// 旷视 FaceID：生成签名，调用 get_biz_token 获取 biz_token。单个文件，只用标准库，可直接复制到你的项目里。
//
// Megvii FaceID: signs, and gets a biz_token. One file on the standard library alone, to be copied. .NET 6 or later,
// Mono 6.8 or later, and .NET Framework 4.7.2 or later. The last two have no time-out for connecting: the total holds.
//
//     FaceId vectors FILE
//     FACEID_API_KEY=.. FACEID_API_SECRET=.. FaceId token BASE_URL LIVENESS_ID [UUID]

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Runtime.Serialization.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;

/// <summary>The service, or a gateway before it, did not give a token.</summary>
public sealed class FaceIdException : Exception
{
    private static readonly Regex RunTogether = new Regex(
        @"^\s*(MISSING_ARGUMENTS|BAD_ARGUMENTS|AUTHORIZATION_ERROR)([^:_][^:]*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public int Status { get; }
    public string Code { get; }
    public string Detail { get; }
    public string Text { get; }
    /// <summary>Null where the answer has none.</summary>
    public string RequestId { get; }

    public FaceIdException(int status, string text, string requestId)
    {
        Status = status;
        Text = text;
        RequestId = requestId;
        // By the text, not by the status: one status stands for many errors. "X: y", "X:y" and "Xy" occur, in any case.
        // Invariant: in Turkish the upper case of i is another letter.
        var parts = RunTogether.Replace(text, "$1:$2").Split(new[] { ':' }, 2);
        Code = parts[0].Trim().ToUpperInvariant();
        Detail = parts.Length == 2 ? parts[1].Trim() : "";
    }

    public override string Message
    {
        get
        {
            var what = $"{(Code == "" ? "NO_ERROR_CODE" : Code)} {Detail}".Trim();
            return Shown($"{what} (HTTP {Status}, request_id {RequestId ?? "none"})");
        }
    }

    // In one line, without what would steer a terminal.
    internal static string Shown(string text) => Regex.Replace(text, @"[\s\p{Cc}]+", " ");
}

/// <summary>What the service says to a success.</summary>
public sealed class BizToken
{
    public string Token { get; set; }
    public string RequestId { get; set; }
}

public static class FaceId
{
    private const string ApiPath = "/faceid/v5/sdk/get_biz_token";
    private const int TotalSeconds = 15;
    private const ulong ValiditySeconds = 100;

    // One for all calls.
    private static readonly HttpClient Client = NewClient(true);
    // Over plain http a proxy would see the sign: this machine is asked directly.
    private static readonly HttpClient LocalClient = NewClient(false);

    private static HttpClient NewClient(bool useProxy)
    {
        // Of a redirect, the other host would get the sign. Certificates are checked by default.
#if NETCOREAPP
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
#else
        var handler = new HttpClientHandler { AllowAutoRedirect = false };
#endif
        handler.UseProxy = useProxy;
        var client = new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(TotalSeconds),
            MaxResponseContentBufferSize = 256 * 1024,
        };
        client.DefaultRequestHeaders.ExpectContinue = false;
        // A connection each: a kept one may just have been closed by the server.
        client.DefaultRequestHeaders.ConnectionClose = true;
        return client;
    }

    // For half a character U+FFFD would be sent: a wrong secret, one uuid for many users. Decoders put it too.
    private static void CheckText(string field, string text)
    {
        if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Contains("\uFFFD"))
        {
            throw new ArgumentException(field + ": broken text (a lone surrogate or U+FFFD)");
        }
    }

    /// <summary>
    /// The form field sign: whoever has it may use the key until it expires. A validity of 0 makes it single-use.
    /// </summary>
    public static string Sign(string key, string secret, ulong issuedAt, string nonce, ulong validity)
    {
        // Nothing is escaped in a sign, so a "&" in a key would start another field. \z: "$" lets a line end pass.
        if (key == null || !Regex.IsMatch(key, @"^(?! )[ -%'-<>-~]+(?<! )\z"))
        {
            throw new ArgumentException("api_key: empty, or with a character that no key has");
        }
        // A line end that came along from a file makes every sign wrong.
        if (string.IsNullOrEmpty(secret) || secret != secret.Trim('\uFEFF').Trim())
        {
            throw new ArgumentException("api_secret: empty, or with blanks, a line end or a byte order mark around it");
        }
        CheckText("api_secret", secret);
        // The nonce is text: its leading zeros are signed too. \d would let other scripts' digits pass.
        if (nonce == null || !Regex.IsMatch(nonce, @"^[0-9]{1,10}\z"))
        {
            throw new ArgumentException("nonce: not 1 to 10 digits");
        }
        if (issuedAt > ulong.MaxValue - validity)
        {
            throw new ArgumentException("issuedAt, validity: too large");
        }
        // As seconds, after the year 5138.
        if (issuedAt >= 100000000000 && issuedAt <= long.MaxValue)
        {
            throw new ArgumentException("issuedAt: in milliseconds or finer, not in seconds");
        }
        // Single use is b = 0, not b = c.
        var expiresAt = validity == 0 ? 0 : issuedAt + validity;
        var raw = Encoding.UTF8.GetBytes(FormattableString.Invariant($"a={key}&b={expiresAt}&c={issuedAt}&d={nonce}"));
        using (var hmac = new HMACSHA1(Encoding.UTF8.GetBytes(secret)))
        {
            // Bytes joined with bytes, not with the digest's hex digits; and without line breaks.
            return Convert.ToBase64String(hmac.ComputeHash(raw).Concat(raw).ToArray());
        }
    }

    /// <summary>Uniform, from the system: System.Random can be guessed.</summary>
    public static string NewNonce()
    {
        // Without underscores: Mono's compiler takes 10_000_000_000 for a thousand times as much.
        const ulong bound = 10000000000;
        // What is left above the last whole multiple would make the low numbers more likely.
        const ulong limit = ulong.MaxValue - ulong.MaxValue % bound;
        var bytes = new byte[8];
        ulong number;
        using (var random = RandomNumberGenerator.Create())
        {
            do
            {
                random.GetBytes(bytes);
                number = BitConverter.ToUInt64(bytes, 0);
            } while (number >= limit);
        }
        return (number % bound).ToString("D10", CultureInfo.InvariantCulture);
    }

    /// <summary>Signs anew on every call. A null uuid is not sent.</summary>
    public static async Task<BizToken> GetBizTokenAsync(
        string baseUrl, string key, string secret, string livenessId, string uuid = null)
    {
        var url = new Uri(baseUrl.TrimEnd('/') + ApiPath);
        if (url.Scheme != "https" && !(url.Scheme == "http" && url.IsLoopback))
        {
            throw new ArgumentException("base URL: https is required beyond this machine");
        }
        if (string.IsNullOrEmpty(livenessId))
        {
            throw new ArgumentException("liveness_id: empty");
        }
        var now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var fields = new Dictionary<string, string>
        {
            ["sign"] = Sign(key, secret, now, NewNonce(), ValiditySeconds),
            ["sign_version"] = "hmac_sha1",
            ["liveness_id"] = livenessId,
        };
        if (uuid == "")
        {
            throw new ArgumentException("uuid: empty");
        }
        if (uuid != null)
        {
            fields["uuid"] = uuid;
        }
        foreach (var field in fields)
        {
            CheckText(field.Key, field.Value);
        }
        // Not MultipartFormDataContent: it quotes the boundary and not the names, which not every server reads.
        // No filename: it would make a part a file.
        var boundary = Guid.NewGuid().ToString("N");
        var parts = fields.Select(field =>
            $"--{boundary}\r\nContent-Disposition: form-data; name=\"{field.Key}\"\r\n\r\n{field.Value}\r\n");
        var form = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Concat(parts) + $"--{boundary}--\r\n"));
        form.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={boundary}");

        using (var response = await PostAsync(url, form).ConfigureAwait(false))
        {
            var body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            // What is no UTF-8 is replaced, and the error beside it is read.
            var answer = ReadJson(Encoding.UTF8.GetString(body));
            var error = ErrorText(answer, "error") ?? ErrorText(answer, "error_message");
            var token = Text(answer, "biz_token");
            var isBad = token == null || token.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c == '\uFFFD');
            if (error != null || response.StatusCode != HttpStatusCode.OK || isBad)
            {
                throw new FaceIdException((int)response.StatusCode, error ?? "", Text(answer, "request_id"));
            }
            return new BizToken { Token = token, RequestId = Text(answer, "request_id") };
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(Uri url, HttpContent form)
    {
        // Mono connects on the caller's thread and as long as the system likes, whatever the client's time-out.
        var client = url.Scheme == "https" ? Client : LocalClient;
        var pending = Task.Run(() => client.PostAsync(url, form));
        var total = Task.Delay(TimeSpan.FromSeconds(TotalSeconds));
        if (await Task.WhenAny(pending, total).ConfigureAwait(false) != pending || pending.IsCanceled)
        {
            throw new TimeoutException($"no answer within {TotalSeconds} s");
        }
        return await pending.ConfigureAwait(false);
    }

    // System.Text.Json is not everywhere; this reader is, and gives XML.
    private static XElement ReadJson(string json)
    {
        if (!IsClosed(json))
        {
            return new XElement("root");
        }
        try
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            return XElement.Load(JsonReaderWriterFactory.CreateJsonReader(bytes, XmlDictionaryReaderQuotas.Max));
        }
        catch (Exception error) when (error is XmlException || error is FormatException || error is InvalidOperationException)
        {
            return new XElement("root"); // A gateway's page.
        }
    }

    // Mono's reader does not miss the last brace, and its time grows with the square of the depth.
    private static bool IsClosed(string json)
    {
        var depth = 0;
        var quoted = false;
        for (var at = 0; at < json.Length && depth < 100; at++)
        {
            var c = json[at];
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (quoted)
            {
                at += c == '\\' ? 1 : 0;
            }
            else
            {
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            }
        }
        return depth == 0 && !quoted;
    }

    // The last of its name, as others read it.
    private static XElement Field(XElement answer, string name) => answer.Elements(name).LastOrDefault();

    // Null where it is absent, empty, or no text.
    private static string Text(XElement answer, string name)
    {
        var value = Field(answer, name);
        return (string)value?.Attribute("type") == "string" && value.Value != "" ? value.Value : null;
    }

    // Whatever it is, an error beside a token counts.
    private static string ErrorText(XElement answer, string name)
    {
        var type = (string)Field(answer, name)?.Attribute("type");
        return type == null || type == "null" || type == "string" ? Text(answer, name) : Field(answer, name).Value;
    }

    private static int Vectors(string file)
    {
        var vectors = ReadJson(File.ReadAllText(file)).Elements("sign").Elements().ToList();
        var passed = vectors.Count(v => Text(v, "sign") == Sign(
            Text(v, "api_key"), Text(v, "api_secret"), ulong.Parse(Text(v, "issued_at"), CultureInfo.InvariantCulture),
            Text(v, "nonce"), ulong.Parse(Text(v, "validity"), CultureInfo.InvariantCulture)));
        Console.WriteLine($"{passed} passed, {vectors.Count - passed} failed");
        return passed > 0 && passed == vectors.Count ? 0 : 1;
    }

    private static string Variable(string name)
    {
        try
        {
            return Environment.GetEnvironmentVariable(name) ?? "";
        }
        catch (Exception) // Mono's own, which does not say of what.
        {
            throw new ArgumentException(name + ": broken text (not UTF-8)");
        }
    }

    public static void Main(string[] arguments)
    {
        // Not a plain return: under Mono a thread of the HTTP client may keep the process for a minute.
        Environment.Exit(Run(arguments));
    }

    private static int Run(string[] arguments)
    {
        var command = arguments.FirstOrDefault();
        if (command == "vectors" && arguments.Length == 2)
        {
            return Vectors(arguments[1]);
        }
        if (command == "token" && (arguments.Length == 3 || arguments.Length == 4))
        {
            try
            {
                // Neither from the command line, which every user of the machine can read, nor from the source.
                var (key, secret) = (Variable("FACEID_API_KEY"), Variable("FACEID_API_SECRET"));
                var call = GetBizTokenAsync(arguments[1], key, secret, arguments[2], arguments.ElementAtOrDefault(3));
                Console.WriteLine(call.GetAwaiter().GetResult().Token);
                return 0;
            }
            catch (Exception error)
            {
                Console.Error.WriteLine("faceid: " + FaceIdException.Shown(error.GetBaseException().Message));
                return 4;
            }
        }
        Console.Error.WriteLine("usage: FaceId vectors FILE | token BASE_URL LIVENESS_ID [UUID]");
        return 2;
    }
}
