import java.util.concurrent.Callable;

public final class Misuse {
    private static final String LOCAL = "http://127.0.0.1:1";

    public static void main(String[] arguments) {
        show("no key", () -> FaceId.sign(null, "tell-nobody", 1, "1", 0));
        show("no scene", () -> FaceId.getBizToken(LOCAL, "key", "tell-nobody", null, "tell-nobody"));
        show("broken secret", () -> FaceId.getBizToken(LOCAL, "key", "tell-nobody\uD800", "scene", "tell-nobody"));
        show("broken scene", () -> FaceId.getBizToken(LOCAL, "key", "tell-nobody", "tell-nobody\uD800", null));
        show("broken uuid", () -> FaceId.getBizToken(LOCAL, "key", "tell-nobody", "scene", "tell-nobody\uD800"));
        show("a uuid decoded wrongly",
                () -> FaceId.getBizToken(LOCAL, "key", "tell-nobody", "scene", "tell-nobody\uFFFD"));
        show("negative validity", () -> FaceId.sign("key", "tell-nobody", 1, "1", -100));
        show("negative time", () -> FaceId.sign("key", "tell-nobody", -1, "1", 0));
        show("an expiry too late", () -> FaceId.sign("key", "tell-nobody", Long.MAX_VALUE, "1", 1));
        show("milliseconds", () -> FaceId.sign("key", "tell-nobody", 1530762118000L, "1", 100));
        show("http beyond this machine",
                () -> FaceId.getBizToken("http://faceid.example", "key", "tell-nobody", "scene", "tell-nobody"));
        String kept = System.getenv("KEPT_URL");
        show("two calls", () -> {
            FaceId.getBizToken(kept, "key", "tell-nobody", "scene", "tell-nobody");
            return FaceId.getBizToken(kept, "key", "tell-nobody", "scene", "tell-nobody");
        });
    }

    private static void show(String name, Callable<Object> misuse) {
        try {
            System.out.println(name + ": no error: " + misuse.call());
        } catch (Exception error) {
            System.out.println(name + ": " + error + " " + error.getCause());
        }
    }
}
