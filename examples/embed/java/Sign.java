// Signs the vendor's vector in Java, through JNA (Maven: net.java.dev.jna:jna, Debian: libjna-java).
//
//     cargo xtask dist --prefix "$PWD/target/prefix"
//     javac -cp /usr/share/java/jna.jar -d target/java examples/embed/java/Sign.java
//     java -cp /usr/share/java/jna.jar:target/java -Djna.library.path="$PWD/target/prefix/lib" Sign

import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.LongByReference;
import java.nio.charset.StandardCharsets;

public final class Sign {
    interface FaceId extends Library {
        FaceId LIBRARY = Native.load("faceid", FaceId.class);

        int faceid_sign(byte[] key, Size keyLength, byte[] secret, Size secretLength, long issuedAt,
                        byte[] nonce, Size nonceLength, int validity, byte[] out, Size capacity,
                        LongByReference length);

        String faceid_status_message(int status);
    }

    /** C's size_t. */
    public static final class Size extends IntegerType {
        private static final long serialVersionUID = 1;

        public Size() {
            this(0);
        }

        public Size(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    /** A sign of the given time and nonce. In a service: faceid_sign_now, for each request anew. */
    static String sign(byte[] key, byte[] secret, long issuedAt, byte[] nonce, int validity) {
        // C takes them as unsigned: a validity of -1 would be 4294967295.
        if (issuedAt < 0 || validity < 0) {
            throw new IllegalArgumentException("issuedAt, validity: negative");
        }
        // Room for an api_key of up to about 100 characters: a longer one gets an error, not a cut sign.
        byte[] out = new byte[256];
        LongByReference length = new LongByReference();
        int status = FaceId.LIBRARY.faceid_sign(
            key, new Size(key.length), secret, new Size(secret.length), issuedAt,
            nonce, new Size(nonce.length), validity, out, new Size(out.length), length);
        if (status != 0) {
            throw new IllegalArgumentException(FaceId.LIBRARY.faceid_status_message(status));
        }
        return new String(out, 0, (int) length.getValue(), StandardCharsets.US_ASCII);
    }

    public static void main(String[] args) {
        // In a service, from its configuration. These are the ones that the vendor publishes.
        byte[] key = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t".getBytes(StandardCharsets.UTF_8);
        byte[] secret = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q".getBytes(StandardCharsets.UTF_8);
        byte[] nonce = "0799687066".getBytes(StandardCharsets.US_ASCII);
        System.out.println(sign(key, secret, 1530762118L, nonce, 100));
    }
}
