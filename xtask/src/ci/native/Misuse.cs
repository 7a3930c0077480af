using System;

public static class Misuse
{
    private const string Local = "http://127.0.0.1:1";

    public static void Main()
    {
        var minus = -100;
        Show("no key", () => FaceId.Sign(null, "tell-nobody", 1, "1", 0));
        Show("no scene", () => Call(Local, "tell-nobody", null, "tell-nobody"));
        Show("broken secret", () => Call(Local, "tell-nobody\uD800", "scene", "tell-nobody"));
        Show("broken scene", () => Call(Local, "tell-nobody", "tell-nobody\uD800", "tell-nobody"));
        Show("broken uuid", () => Call(Local, "tell-nobody", "scene", "tell-nobody\uD800"));
        Show("a uuid decoded wrongly", () => Call(Local, "tell-nobody", "scene", "tell-nobody\uFFFD"));
        Show("negative validity", () => FaceId.Sign("key", "tell-nobody", 1530762118, "1", (ulong)minus));
        Show("an expiry too late", () => FaceId.Sign("key", "tell-nobody", ulong.MaxValue, "1", 1));
        Show("milliseconds", () => FaceId.Sign("key", "tell-nobody", 1530762118000, "1", 100));
        Show("http beyond this machine", () => Call("http://faceid.example", "tell-nobody", "scene", "tell-nobody"));
        var kept = Environment.GetEnvironmentVariable("KEPT_URL");
        Show("two calls", () =>
            Call(kept, "tell-nobody", "scene", "tell-nobody") + Call(kept, "tell-nobody", "scene", "tell-nobody"));
    }

    private static string Call(string baseUrl, string secret, string scene, string uuid)
    {
        return FaceId.GetBizTokenAsync(baseUrl, "key", secret, scene, uuid).GetAwaiter().GetResult().Token;
    }

    private static void Show(string name, Func<string> misuse)
    {
        try
        {
            Console.WriteLine(name + ": no error: " + misuse());
        }
        catch (Exception error)
        {
            Console.WriteLine(name + ": " + error.ToString().Replace("\r", " ").Replace("\n", " "));
        }
    }
}
